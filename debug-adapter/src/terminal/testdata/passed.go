// Steps that pass what the compiler wrote into a frame: deferred calls, bodies of loops over functions, inlined and not.
package main

import (
	"fmt"
	"os"
	"sync"
)

//go:noinline
func recovers(f func(int) int, n int) (res int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	defer fmt.Fprint(os.Stderr, "")
	res = f(n) // panics
	return res, nil
}

//go:noinline
func listed(f func(int) int, n int) (res int) {
	for i := 0; i < n; i++ {
		defer func() { recover() }()
	}
	res = f(n) // panics, too
	return res
}

func count(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

func nested() int {
	total := 0
outer:
	for i := range count(3) {
		for j := range count(4) {
			if j > i {
				continue outer
			}
			total += i*10 + j // inner
		}
	}
	return total
}

//go:noinline
func find(want int) (at int, found bool) {
	for i := range count(5) {
		if i*i == want {
			return i, true // found
		}
	}
	return -1, false
}

//go:noinline
func locked(mu *sync.Mutex, n int) int {
	mu.Lock()
	defer mu.Unlock()
	return n * 2 // locked
}

func main() {
	fmt.Println(locked(new(sync.Mutex), 4))
	index := func(n int) int { return []int{1, 2}[n] }
	fmt.Println(recovers(index, 5))
	fmt.Println(listed(index, 3))
	fmt.Println(nested())
	fmt.Println(find(4))
}
