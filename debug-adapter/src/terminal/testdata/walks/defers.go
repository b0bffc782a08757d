// Deferred calls, panics that are recovered, rethrown and turned into errors, named results.
package main

import (
	"errors"
	"fmt"
	"os"
)

type myErr struct {
	code int
	msg  string
}

func (e *myErr) Error() string { return fmt.Sprintf("%d: %s", e.code, e.msg) }

func guard(name string, f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			switch x := r.(type) {
			case error:
				err = fmt.Errorf("%s: %w", name, x)
			default:
				err = fmt.Errorf("%s: %v", name, x)
			}
		}
	}()
	f()
	return nil
}

func nested(depth int) int {
	defer func() { depth++ }()
	if depth > 3 {
		panic(&myErr{depth, "too deep"})
	}
	for i := 0; i < 2; i++ {
		defer fmt.Fprintln(os.Stderr, "deferred", depth, i)
	}
	return nested(depth+1) + 1
}

func rethrow() {
	defer func() {
		r := recover()
		panic(fmt.Sprint("again ", r))
	}()
	panic("first")
}

func index(xs []int, i int) int { return xs[i] }

func named() (a int, b string, err error) {
	defer func() { a *= 2 }()
	a, b = 21, "x" // named
	return a, b + "y", nil
}

func wrapped(code int) *myErr {
	defer func() { code++ }()
	made := &myErr{code, "wrapped"}
	return made // wrapped
}

func main() {
	e1 := guard("nested", func() { nested(0) })
	var me *myErr
	ok := errors.As(e1, &me)
	e2 := guard("rethrow", rethrow)
	e3 := guard("index", func() { fmt.Println(index([]int{1, 2}, 5)) })
	var m map[string]int
	e4 := guard("nilmap", func() { m["a"] = 1 })
	a, b, err := named()
	fmt.Println(e1, ok, me.code, e2, e3, e4, a, b, err)
	var p *myErr
	e5 := guard("nil", func() { fmt.Println(p.code) })
	fmt.Println(e5, wrapped(7))
}
