// A nil dereference that nobody recovers: SIGSEGV, sigpanic, traceback, exit status 2.
package main

import "fmt"

type node struct {
	pad  [3]int
	next *node
}

//go:noinline
func follow(n *node) *node { return n.next.next }

func main() {
	fmt.Println("before")
	defer fmt.Println("deferred")
	fmt.Println(follow(&node{}))
}
