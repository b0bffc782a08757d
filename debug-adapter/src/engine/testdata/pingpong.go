// Two goroutines, a frame that grows the stack, a deferred function and a recovered panic: what the debugger's tests step through.
package main

import "fmt"

type pair struct {
	name  string
	count int
}

func pong(in <-chan int, out chan<- int) {
	for value := range in {
		out <- value + 1
	}
	close(out)
}

//go:noinline
func add(a, b int) int {
	sum := a + b
	return sum
}

//go:noinline
func deep(n int) int {
	var space [64]int
	if n == 0 {
		return space[n]
	}
	return deep(n-1) + 1
}

//go:noinline
func risky(p *pair) (result string) {
	defer func() {
		if r := recover(); r != nil {
			result = fmt.Sprint("recovered ", r)
		}
	}()
	p.count++
	return p.name
}

func main() {
	to, from := make(chan int), make(chan int)
	go pong(to, from)
	value := 0
	for i := 0; i < 3; i++ {
		to <- value
		value = <-from
		value = add(value, i)
	}
	close(to)
	p := &pair{"p", value}
	fmt.Println(risky(p), risky(nil) != "", deep(40), value)
}
