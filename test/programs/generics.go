// Type parameters with dictionaries, constraints, generic containers and methods on them.
package main

import (
	"fmt"
	"sort"
	"strings"
)

type ordered interface {
	~int | ~int64 | ~float64 | ~string
}

type set[K comparable] map[K]struct{}

func (s set[K]) add(keys ...K) set[K] {
	for _, key := range keys {
		s[key] = struct{}{}
	}
	return s
}

func sorted[K ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	return keys
}

func reduce[T, A any](list []T, start A, f func(A, T) A) A {
	for _, each := range list {
		start = f(start, each)
	}
	return start
}

type list[T any] struct {
	head *element[T]
	size int
}
type element[T any] struct {
	value T
	next  *element[T]
}

func (l *list[T]) push(v T) { l.head, l.size = &element[T]{v, l.head}, l.size+1 }
func (l *list[T]) each(f func(int, T)) {
	for i, e := 0, l.head; e != nil; i, e = i+1, e.next {
		f(i, e.value)
	}
}

type celsius float64

func (c celsius) String() string { return fmt.Sprintf("%.1f°C", float64(c)) }

func join[T fmt.Stringer](items ...T) string {
	return strings.Join(reduce(items, nil, func(all []string, each T) []string { return append(all, each.String()) }), " ")
}

func main() {
	fmt.Println(sorted(set[string]{}.add("b", "c", "a", "b")), sorted(set[int]{}.add(3, 1, 2)), sorted(map[celsius]bool{20.5: true, -3: false}))
	fmt.Println(reduce([]int{1, 2, 3, 4}, "", func(s string, n int) string { return s + fmt.Sprint(n) }), reduce([]float64{.5, .25}, 0.0, func(a, b float64) float64 { return a + b }))
	var l list[map[string]int]
	for i := 0; i < 3; i++ {
		l.push(map[string]int{"i": i})
	}
	l.each(func(i int, m map[string]int) { fmt.Print(i, m, " ") })
	fmt.Println(l.size, join(celsius(1), celsius(36.6)))
	fmt.Printf("%T %T %v\n", l, list[celsius]{}, any(set[int]{}) == nil)
}
