// Iterators that are pulled from, which run as coroutines, and loops over functions within each other, with defer, break and return in them.
package main

import (
	"fmt"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strings"
	"unique"
)

type list[T any] struct {
	head *node[T]
	n    int
}
type node[T any] struct {
	v    T
	next *node[T]
}

func (l *list[T]) push(v T) { l.head = &node[T]{v, l.head}; l.n++ }
func (l *list[T]) all() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		i := 0
		for n := l.head; n != nil; n = n.next {
			if !yield(i, n.v) {
				return // stopped
			}
			i++ // yielded
		}
	}
}
func (l *list[T]) values() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, v := range l.all() {
			if !yield(v) { // inner
				break
			}
		}
	}
}

var sink any

//go:noinline
func use(a ...any) { sink = a }

func pulled(l *list[string]) string {
	next, stop := iter.Pull(l.values())
	defer stop()
	var b strings.Builder
	for {
		v, ok := next() // next
		if !ok {
			break
		}
		b.WriteString(v) // wrote
	}
	return b.String()
}

func pulled2(l *list[string]) (total int) {
	next, stop := iter.Pull2(l.all())
	k, v, ok := next()
	use(k, v, ok) // first
	stop()
	k, v, ok = next()
	total = k + len(v) // after
	return
}

func nested(l *list[string]) (s string) {
	defer func() { s += "!" }()
	for i, a := range l.all() {
		for b := range l.values() {
			if a == b {
				continue // same
			}
			if i == 1 {
				break // broke
			}
			defer use("deferred in loop", a)
			s += a + b // body
		}
		if i == 2 {
			return s + "end" // returned
		}
	}
	return s
}

func ints(n int) int {
	t := 0
	for i := range n {
		t += i // rangeint
	}
	return t
}

func panics() (err error) {
	defer func() { err = fmt.Errorf("%v", recover()) }()
	next, stop := iter.Pull(func(yield func(int) bool) {
		yield(1)
		panic("in iterator") // inpanic
	})
	defer stop()
	next()
	next()
	return nil
}

func main() {
	l := &list[string]{}
	for _, s := range []string{"a", "b", "c"} {
		l.push(s)
	}
	h := unique.Make("interned")
	use(pulled(l), pulled2(l), nested(l), ints(3)) // calls
	m := map[string]int{"x": 1, "y": 2}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		use(k) // sorted
	}
	for c := range slices.Chunk([]int{1, 2, 3}, 2) {
		use(c) // chunk
	}
	use(h, panics()) // end
	runtime.GC()
	fmt.Println("ok")
}
