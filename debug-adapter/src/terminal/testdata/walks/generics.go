// Generic types and functions, with dictionaries for pointers, structs and numbers.
package main

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

type Number interface{ ~int | ~int64 | ~float64 }

type Stack[T any] struct {
	items []T
	limit int
}

func (s *Stack[T]) Push(v T) error {
	if len(s.items) >= s.limit {
		return errors.New("full")
	}
	s.items = append(s.items, v)
	return nil
}

func (s *Stack[T]) Pop() (v T, ok bool) {
	if len(s.items) == 0 {
		return v, false
	}
	v = s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return v, true
}

func Map[T, U any](in []T, f func(T) U) []U {
	out := make([]U, 0, len(in))
	for _, v := range in {
		out = append(out, f(v))
	}
	return out
}

func Sum[T Number](xs ...T) (total T) {
	for i := range xs {
		total += xs[i]
	}
	return
}

type Pair[K comparable, V any] struct {
	Key K
	Val V
}

func Pairs[K comparable, V any](m map[K]V, less func(a, b K) bool) []Pair[K, V] {
	ps := make([]Pair[K, V], 0, len(m))
	for k, v := range m {
		ps = append(ps, Pair[K, V]{k, v})
	}
	sort.Slice(ps, func(i, j int) bool { return less(ps[i].Key, ps[j].Key) })
	return ps
}

type Celsius float64
type Tree[T any] struct {
	Left, Right *Tree[T]
	Val         T
}

func (t *Tree[T]) Walk(visit func(T)) {
	if t == nil {
		return
	}
	t.Left.Walk(visit)
	visit(t.Val)
	t.Right.Walk(visit)
}

func main() {
	s := &Stack[string]{limit: 2}
	for _, w := range strings.Fields("a b c") {
		if err := s.Push(w); err != nil {
			fmt.Println("push", w, err)
		}
	}
	v, ok := s.Pop()
	fmt.Println(v, ok)
	lens := Map([]string{"x", "yy", "zzz"}, func(s string) int { return len(s) })
	total := Sum(lens...)
	temps := Sum(Celsius(1.5), 2.25)
	ps := Pairs(map[string][]int{"one": {1}, "two": {1, 2}}, func(a, b string) bool { return a < b })
	tree := &Tree[Pair[string, int]]{Val: Pair[string, int]{"root", 1}}
	tree.Left = &Tree[Pair[string, int]]{Val: Pair[string, int]{"left", 2}}
	n := 0
	tree.Walk(func(p Pair[string, int]) { n += p.Val })
	fmt.Println(lens, total, temps, ps, n)
}
