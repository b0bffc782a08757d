// A loop without calls holds the only P; sysmon must preempt it by SIGURG so that the others get their turn.
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

var stop uint32

func main() {
	runtime.GOMAXPROCS(1)
	spinning := make(chan uint64)
	go func() {
		n := uint64(0)
		for atomic.LoadUint32(&stop) == 0 {
			n++
		}
		spinning <- n
	}()
	time.Sleep(30 * time.Millisecond)
	runtime.GC()
	atomic.StoreUint32(&stop, 1)
	fmt.Println(<-spinning > 0)
	x := uint32(1)
	ticks := make(chan bool)
	go func() {
		time.Sleep(time.Millisecond)
		ticks <- true
	}()
	for i := 0; i < 20_000_000; i++ {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
	}
	fmt.Println(x, <-ticks)
}
