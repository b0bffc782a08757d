// Everything that the scheduler does, at least once: goroutines made, waiting, stolen and preempted, threads that block, stacks that grow, a collection.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func deep(n int) int {
	var room [64]int
	if n == 0 {
		return room[0]
	}
	return deep(n-1) + room[n%64] + 1
}

func spin() (n int) {
	for begin := time.Now(); time.Since(begin) < 40*time.Millisecond; n++ {
	}
	return n
}

//go:noinline
func busy(n int) (sum int) {
	for i := 0; i < n; i++ {
		sum += i ^ sum
	}
	return sum
}

func main() {
	var wg sync.WaitGroup
	c := make(chan int)
	for i := 0; i < 8; i++ {
		i := i
		wg.Add(1)
		go func() {
			defer wg.Done()
			c <- busy(200_000) + i
		}()
	}
	for i := 0; i < 8; i++ {
		<-c
	}
	wg.Add(2)
	go func() {
		defer wg.Done()
		pause := syscall.Timespec{Nsec: 5_000_000}
		syscall.Nanosleep(&pause, nil)
	}()
	go func() {
		defer wg.Done()
		spin()
	}()
	depth := deep(2000)
	runtime.GC()
	time.Sleep(time.Millisecond)
	wg.Wait()
	fmt.Println(depth)
}
