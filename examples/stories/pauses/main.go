// A goroutine sleeps, the garbage collector stops the world, and at the end a nil pointer is followed.
package main

import (
	"runtime"
	"time"
)

type node struct {
	value int
	next  *node
}

//go:noinline
func second(n *node) int { return n.next.value }

func main() {
	time.Sleep(5 * time.Millisecond)
	runtime.GC()
	println(second(&node{value: 1}))
}
