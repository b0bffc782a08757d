// GOMAXPROCS=1: as many Ps as asked for, and goroutines that all make progress on them.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

func main() {
	fmt.Println(runtime.GOMAXPROCS(0), runtime.NumGoroutine())
	var total int64
	var wg sync.WaitGroup
	for g := 0; g < 32; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			for i := 0; i < 500; i++ {
				atomic.AddInt64(&total, int64(g))
				if i%50 == 0 {
					runtime.Gosched()
				}
			}
		}(g)
	}
	wg.Wait()
	fmt.Println(total)
	for _, n := range []int{3, 1, 6, 2} {
		before := runtime.GOMAXPROCS(n)
		done := make(chan int)
		for g := 0; g < 8; g++ {
			go func() { runtime.Gosched(); done <- 1 }()
		}
		sum := 0
		for g := 0; g < 8; g++ {
			sum += <-done
		}
		fmt.Println(before, runtime.GOMAXPROCS(0), sum)
	}
}
