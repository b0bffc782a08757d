// Range over functions, integers and the newer library packages (slices, maps, cmp, iter): Go 1.23 and later only.

//go:build go1.23

package main

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

func fibonacci() iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for i, a, b := 0, 0, 1; yield(i, a); i, a, b = i+1, b, a+b {
		}
	}
}

func filter[T any](seq iter.Seq[T], keep func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v := range seq {
			if keep(v) && !yield(v) {
				return
			}
		}
	}
}

func find(limit int) (found int) {
	defer func() { found *= 10 }()
	for i, n := range fibonacci() {
		defer func() { found++ }()
		if n > limit {
			return i
		}
	}
	return -1
}

func main() {
	for i := range 3 {
		fmt.Print(i, " ")
	}
	fmt.Println(find(100))
	even := filter(slices.Values([]int{1, 2, 3, 4, 5, 6}), func(n int) bool { return n%2 == 0 })
	fmt.Println(slices.Collect(even), slices.Sorted(maps.Keys(map[string]int{"b": 1, "a": 2})))
	next, stop := iter.Pull2(fibonacci())
	for range 10 {
		next()
	}
	fmt.Println(next())
	stop()
	fmt.Println(next())
	people := []struct {
		name string
		age  int
	}{{"Bo", 30}, {"Al", 25}, {"Cy", 30}}
	slices.SortFunc(people, func(a, b struct {
		name string
		age  int
	}) int {
		return cmp.Or(-cmp.Compare(a.age, b.age), strings.Compare(a.name, b.name))
	})
	fmt.Println(people, min(3, 1, 2), max("a", "b"))
	index, found := slices.BinarySearch([]int{1, 3, 5}, 4)
	fmt.Println(index, found, slices.Collect(slices.Chunk([]int{1, 2, 3}, 2)))
	clear(people)
	fmt.Println(people)
	func() {
		defer func() { fmt.Println("recovered", recover()) }()
		for v := range filter(slices.Values([]int{1}), func(int) bool { panic("in the iterator") }) {
			fmt.Println(v)
		}
	}()
}
