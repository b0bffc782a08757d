// More goroutines than processors, and each gives way again and again: they wait in local queues and in the global one, and are stolen.
package main

import (
	"runtime"
	"sync"
)

//go:noinline
func work(n, rounds int) int {
	x := n
	for i := 0; i < rounds; i++ {
		x = x*31 + i
	}
	return x
}

func main() {
	var wg sync.WaitGroup
	for i := 0; i < 12; i++ {
		wg.Add(1)
		go func(n int) {
			work(n, 100_000)
			for turn := 0; turn < 20; turn++ {
				work(n, 1000)
				runtime.Gosched()
			}
			wg.Done()
		}(i)
	}
	wg.Wait()
	println("all have worked")
}
