// Loops over functions, generic types with methods, and what newer Go has: compared with Delve as kinds.go is.
package main

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

type tree[T any] struct {
	left, right *tree[T]
	value       T
}

func (t *tree[T]) all() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) { t.walk(0, yield) }
}

func (t *tree[T]) walk(depth int, yield func(int, T) bool) bool {
	if t == nil {
		return true
	}
	return t.left.walk(depth+1, yield) && yield(depth, t.value) && t.right.walk(depth+1, yield)
}

func count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i * i) {
				return
			}
		}
	}
}

func find(t *tree[string], want string) (depth int, ok bool) {
	steps := 0
	for d, v := range t.all() {
		steps++
		defer func() { depth += 100 * steps }()
		if v == want {
			return d, true // found
		}
	}
	return -1, false
}

func main() {
	t := &tree[string]{&tree[string]{value: "a"}, &tree[string]{&tree[string]{value: "b"}, nil, "c"}, "m"}
	total := 0
	for v := range count(5) {
		double := v * 2
		if v > 8 {
			break
		}
		total += double // loop
	}
	fmt.Println(find(t, "c"))
	keys := slices.Sorted(maps.Keys(map[string]int{"x": 1, "y": 2}))
	next, stop := iter.Pull(count(3))
	first, _ := next()
	stop()
	fmt.Println(total, keys, first, min(total, 3)) // end
}
