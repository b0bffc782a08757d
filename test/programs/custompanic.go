// Panics with values of one's own: an error, a Stringer, nested and re-raised ones; the last ends the program with status 2.
package main

import (
	"errors"
	"fmt"
	"os"
)

type trouble struct{ code int }

func (t trouble) Error() string { return fmt.Sprintf("trouble %d", t.code) }

func attempt(n int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("attempt %d: %v", n, r)
		}
	}()
	switch n {
	case 0:
		panic(trouble{7})
	case 1:
		panic("text")
	case 2:
		var m map[string]int
		m["x"] = 1
	case 3:
		var e error
		_ = e.Error()
	case 4:
		_ = interface{}("x").(int)
	case 5:
		zero := n - 5
		fmt.Println(1 / zero)
	case 6:
		close((chan int)(nil))
	case 7:
		_ = make([]int, n-8)
	case 8:
		c := make(chan int)
		close(c)
		close(c)
	case 9:
		_ = make([]int, 4)[:n]
	}
	return nil
}

func main() {
	for n := 0; n < 10; n++ {
		fmt.Println(attempt(n))
	}
	defer func() {
		r := recover()
		fmt.Fprintln(os.Stderr, "recovered", r)
		panic(fmt.Errorf("again: %w", r.(error)))
	}()
	defer func() {
		fmt.Println(errors.Is(trouble{1}, trouble{1}))
	}()
	panic(trouble{42})
}
