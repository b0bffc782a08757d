// Deferred calls of every kind: in loops, as closures, through a wrapper, in several frames at once.
package main

import "fmt"

func note(s string) { fmt.Println(s) }

func loop(n int) {
	for i := 0; i < n; i++ {
		defer note("loop")
	}
	defer func() { fmt.Println("closure", n) }()
	inner()
}

func inner() {
	for i := 0; i < 2; i++ {
		defer fmt.Println("inner", i)
	}
	stop()
}

//go:noinline
func stop() {}

func main() {
	defer note("main")
	loop(2)
}
