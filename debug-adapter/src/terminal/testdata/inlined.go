// Functions and instances of generic functions that have no code of their own, since they are inlined wherever they are called.
package main

import "fmt"

type stack[T any] struct{ items []T }

func (s *stack[T]) push(v T) {
	s.items = append(s.items, v)
}

func (s *stack[T]) top() (v T) {
	if len(s.items) > 0 {
		v = s.items[len(s.items)-1]
	}
	return v
}

func scaled(n, by int) int { return n*by + len(fmt.Sprint(n)) }

//go:noinline
func largest[T ~int | ~float64](list ...T) T {
	best := list[0]
	for _, each := range list {
		best = max(best, each)
	}
	return best
}

func max[T ~int | ~float64](a, b T) T {
	if a > b {
		return a
	}
	return b
}

func main() {
	names, numbers := &stack[string]{}, &stack[int]{}
	names.push("one")
	numbers.push(scaled(len(names.items), 3))
	fmt.Println(names.top(), numbers.top(), largest(1, 2, 3), largest(1.5, 0.5))
}
