// A recursion that outgrows its stack, with a pointer from one frame into another: the pointer must still be right on the new stack.
package main

import "runtime"

type link struct {
	above *link
	n     int
	pad   [10]int
}

//go:noinline
func descend(n int, above *link) int {
	own := link{above: above, n: n}
	if n == 0 {
		sum := 0
		for at := &own; at != nil; at = at.above {
			sum += at.n
		}
		return sum
	}
	return descend(n-1, &own) + own.pad[n%10]
}

//go:noinline
func deep(sums chan<- int) {
	sums <- descend(60, nil)
	sums <- 0 // it waits here, with a large stack of which it needs little
}

func main() {
	sums := make(chan int)
	go deep(sums)
	println("sum", <-sums)
	runtime.Gosched()
	runtime.GC() // looks at that stack, and makes it smaller
	<-sums
}
