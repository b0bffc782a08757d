// Loops over functions, inlined and not (Go 1.23).
package main

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

type list[T any] struct {
	head *node[T]
	n    int
}
type node[T any] struct {
	val  T
	next *node[T]
}

func (l *list[T]) push(v T) { l.head = &node[T]{v, l.head}; l.n++ }
func (l *list[T]) all() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		i := 0
		for n := l.head; n != nil; n = n.next {
			if !yield(i, n.val) {
				return
			}
			i++
		}
	}
}

func filter[T any](s iter.Seq[T], keep func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v := range s {
			if keep(v) && !yield(v) {
				return
			}
		}
	}
}

func first(l *list[string]) string {
	for i, v := range l.all() {
		if i == 1 {
			return v
		}
	}
	return ""
}

func main() {
	l := &list[string]{}
	for i := range 4 {
		l.push(strings.Repeat("x", i))
	}
	total := 0
	for i, v := range l.all() {
		defer fmt.Println("deferred", i)
		total += len(v) * i
		if i == 2 {
			break
		}
	}
	f := first(l)
	keys := slices.Sorted(maps.Keys(map[string]int{"b": 1, "a": 2}))
	evens := []int{}
	for v := range filter(slices.Values([]int{1, 2, 3, 4}), func(x int) bool { return x%2 == 0 }) {
		evens = append(evens, v)
	}
	next, stop := iter.Pull(slices.Values(keys))
	a, ok := next()
	stop()
	fmt.Println(total, f, keys, evens, a, ok)
}
