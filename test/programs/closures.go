// Closures, defer in loops, method values, interfaces, embedding, type switches, goto, labels, variadics and const arithmetic.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

type shape interface{ area() float64 }
type square struct{ side float64 }
type circle struct{ radius float64 }
type named struct {
	shape
	name string
}

func (s square) area() float64  { return s.side * s.side }
func (c *circle) area() float64 { return 3 * c.radius * c.radius }
func (n named) String() string  { return n.name }

const (
	_  = iota
	kb = 1 << (10 * iota)
	mb
)

func counter() (func() int, func()) {
	n := 0
	return func() int { n++; return n }, func() { n *= 10 }
}

func unwind(n int) (trail []int) {
	for i := 0; i < n; i++ {
		defer func(i int) { trail = append(trail, i) }(i)
	}
	if n > 2 {
		defer func() { trail = append(trail, recover().(int)) }()
		panic(100)
	}
	return nil
}

func describe(v interface{}) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case int, int64:
		return fmt.Sprintf("integer %v", v)
	case []interface{}:
		return fmt.Sprintf("list of %d", len(v))
	case fmt.Stringer:
		return "stringer " + v.String()
	case shape:
		return fmt.Sprintf("shape %.1f", v.area())
	case error:
		return "error " + v.Error()
	case func(int) int:
		return fmt.Sprint("function ", v(20))
	}
	return fmt.Sprintf("other %T", v)
}

func main() {
	next, scale := counter()
	next()
	scale()
	fmt.Println(next(), next())
	area := (&circle{2}).area
	shapes := []shape{square{3}, &circle{1}, named{square{2}, "box"}}
	total := area()
	for _, s := range shapes {
		total += s.area()
	}
	fmt.Println(total, shape.area(square{5}), kb, mb)
	fmt.Println(unwind(0), unwind(2), unwind(5))
	for _, v := range []interface{}{nil, 1, int64(2), []interface{}{1, 2}, shapes[2], shapes[1], io.EOF, func(n int) int { return n * 2 }, struct{}{}, 'x'} {
		fmt.Println(describe(v))
	}
	var target *os.PathError
	err := fmt.Errorf("wrapped: %w", &os.PathError{Op: "open", Path: "x", Err: os.ErrNotExist})
	fmt.Println(errors.As(err, &target), target.Op, errors.Is(err, os.ErrNotExist), errors.Unwrap(err) == error(target))
	functions := []func() int{}
	for i := 0; i < 3; i++ {
		i := i
		functions = append(functions, func() int { i += 10; return i })
	}
	for _, f := range functions {
		fmt.Print(f()+f(), " ")
	}
outer:
	for i := 0; ; i++ {
		for j := 0; j < 5; j++ {
			switch {
			case i*j == 6:
				fmt.Println(i, j)
				break outer
			case j > i:
				continue outer
			}
		}
	}
	n := 0
again:
	if n < 5 {
		n += 2
		goto again
	}
	array, slice := [5]int{1, 2, 3, 4, 5}, []int{}
	slice = append(slice, array[1:3]...)
	slice = append(slice[:1], slice...)
	copied := copy(array[:], array[2:])
	fmt.Println(n, slice, array, copied, array == [5]int{3, 4, 5, 4, 5})
	for i, r := range "aß世\xff" {
		fmt.Print(i, ":", string(r), " ")
	}
	fmt.Println(string([]byte("world")[1:3]), []rune("世界")[1])
}
