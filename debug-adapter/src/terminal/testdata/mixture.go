// What programs rarely are asked about: literals, types, pointers that are indexed, formats, names that are declared again, functions as places.
package main

import (
	"errors"
	"fmt"
	"math"
)

type node struct {
	name string
	next *node
	arr  [3]int
}
type empty struct{}
type point struct{ x, y int }
type names []string
type celsius float64

var sink []any

func use(a ...any) { sink = a }

func pointers(u *node, e *empty, pp **node, pi *int, pa *[3]int, pf *func() int, ps *string, pe *error, pc *chan int) {
	anonymous := struct{ a, b int }{1, 2}
	pan, q, list := &anonymous, point{1, 2}, names{"a", "b", "c"}
	var eface, held any = 1, "held"
	var failure error = errors.New("failure")
	temperature, big, tiny := celsius(36.6), 1e20, 1.25e-7
	huge, both, text, letter := math.MaxFloat64, complex(1e20, -0.5), "é`\x00\xffz", 'é'
	minimal, maximal, yes := math.MinInt64, uint64(math.MaxUint64), true
	use(u, e, pp, pi, pa, pf, ps, pe, pc, pan, q, list, eface, held, failure, temperature, big, tiny, huge, both, text, letter, minimal, maximal, yes, map[string]int{}) // pointers
}

func hidden(x int) (r string) {
	{
		x := "inner"
		use(x)
	}
	if x := x + 5; x > 3 { // again
		use(x) // ifbody
	}
	for x := x; x < 3; x++ { // loop
		use(x)
	}
	switch x := any(x).(type) {
	case int:
		use(x) // case
	}
	return "end"
}

func called(i int) int {
	return i * 2
}

func functions() {
	var list []func() int
	for i := 0; i < 2; i++ {
		list = append(list, func() int { return called(i) }) // made
	}
	f := list[1]
	use(f()) // functions
}

func captures() (r int) {
	n, m, list := 1, 2, []int{3}
	func(a int) {
		n++
		m := m + n
		use(n, m, list, a) // direct
		list = nil
	}(5)
	f := func(b int) (c int) {
		n++
		c = b
		use(n, m, &b, &c) // indirect
		return
	}
	r = f(2)
	defer func() {
		r++
		use(r, n) // deferred
	}()
	return
}

func main() {
	n, i, s, err, c := &node{name: "a", next: &node{name: "b"}}, 7, "str", errors.New("x"), make(chan int, 2)
	a, f := [3]int{1, 2, 3}, func() int { return i }
	pointers(n, &empty{}, &n, &i, &a, &f, &s, &err, &c)
	fmt.Sprint(hidden(1))
	functions()
	captures()
}
