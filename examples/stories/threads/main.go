// Work comes in bursts: threads are made for the first, sleep when there is nothing to do, and are woken for the second.
package main

import (
	"sync"
	"time"
)

//go:noinline
func work(n int) int {
	x := n
	for i := 0; i < 50000; i++ {
		x = x*31 + i
	}
	return x
}

func burst() {
	var wg sync.WaitGroup
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go func(n int) {
			work(n)
			wg.Done()
		}(i)
	}
	wg.Wait()
}

func main() {
	burst()
	time.Sleep(2 * time.Millisecond)
	burst()
	println("two bursts of work are done")
}
