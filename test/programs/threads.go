// Threads come and go: goroutines locked to theirs, blocking calls on pipes that take a P's thread away, and their exits.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func main() {
	var wg sync.WaitGroup
	ids := map[int]bool{}
	var mu sync.Mutex
	barrier := make(chan struct{})
	for i := 0; i < 10; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			runtime.LockOSThread()
			if i%2 == 0 {
				defer runtime.UnlockOSThread()
			}
			before := syscall.Gettid()
			<-barrier
			for n := 0; n < 5; n++ {
				runtime.Gosched()
			}
			mu.Lock()
			ids[before] = before == syscall.Gettid()
			mu.Unlock()
		}(i)
	}
	time.Sleep(5 * time.Millisecond)
	close(barrier)
	wg.Wait()
	same := 0
	for _, ok := range ids {
		if ok {
			same++
		}
	}
	fmt.Println(len(ids), same)

	// Raw pipes are blocking: each read holds a thread in the kernel while others write.
	total := 0
	for i := 0; i < 8; i++ {
		var ends [2]int
		if err := syscall.Pipe(ends[:]); err != nil {
			panic(err)
		}
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			buffer := make([]byte, 64)
			n, err := syscall.Read(ends[0], buffer)
			if err != nil {
				panic(err)
			}
			mu.Lock()
			total += n
			mu.Unlock()
		}(i)
		go func(i int) {
			time.Sleep(time.Duration(8-i) * 5 * time.Millisecond)
			syscall.Write(ends[1], make([]byte, i+1))
		}(i)
	}
	wg.Wait()
	fmt.Println(total)
	syscall.Nanosleep(&syscall.Timespec{Nsec: 15_000_000}, nil)
	fmt.Println(runtime.NumGoroutine())
}
