// Loops, switches, labels, recursion, interfaces and closures.
package main

import "fmt"

type shape interface {
	area() float64
	name() string
}
type rect struct{ w, h float64 }
type circle struct{ r float64 }

func (r rect) area() float64    { return r.w * r.h }
func (r rect) name() string     { return "rect" }
func (c *circle) area() float64 { return 3 * c.r * c.r }
func (c *circle) name() string  { return "circle" }

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func classify(n int) (s string) {
	switch {
	case n < 0:
		s = "neg"
	case n == 0:
		s = "zero"
		fallthrough
	case n < 10:
		s += "small"
	default:
		s = "big"
	}
	return s
}

func collatz(n int) (steps int) {
outer:
	for {
		switch {
		case n == 1:
			break outer
		case n%2 == 0:
			n /= 2
		default:
			n = 3*n + 1
		}
		steps++
		if steps > 100 {
			goto done
		}
	}
done:
	return steps
}

func sumTo(xs []int, f func(int) bool) (total int) {
	for i, x := range xs {
		if !f(x) {
			continue
		}
		total += x * i
	}
	return total
}

func adder(base int) func(int) int {
	return func(d int) int {
		base += d
		return base
	}
}

func main() {
	shapes := []shape{rect{2, 3}, &circle{2}}
	var total float64
	for _, s := range shapes {
		total += s.area()
		fmt.Println(s.name())
	}
	f := fib(4)
	cl := classify(0) + classify(-4) + classify(12)
	c := collatz(6)
	t := sumTo([]int{4, 5, 6}, func(x int) bool { return x != 5 })
	add := adder(100)
	add(1)
	n := add(f)
	counts := map[rune]int{}
	for _, r := range "héé" {
		counts[r]++
	}
	i := 3
	for i > 0 {
		i--
	}
	fmt.Println(total, f, cl, c, t, n, len(counts), i)
}
