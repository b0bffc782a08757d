// A program that lives off the collector: trees, cyclic rings, finalizers, weakly held buffers, many collections at GOGC=10.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

type tree struct{ left, right *tree }

func build(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{build(depth - 1), build(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

type ring struct {
	next *ring
	pad  [10]uintptr
}

func main() {
	long := build(14)
	nodes := 0
	for i := 0; i < 400; i++ {
		nodes += build(10).count()
	}
	fmt.Println(nodes, long.count())

	for i := 0; i < 200; i++ {
		first := &ring{}
		last := first
		for j := 0; j < 50; j++ {
			last.next = &ring{}
			last = last.next
		}
		last.next = first
	}

	finalized := make(chan int, 20)
	for i := 0; i < 20; i++ {
		func() {
			block := &[64]int{i}
			runtime.SetFinalizer(block, func(b *[64]int) { finalized <- b[0] })
		}()
	}
	sum := 0
	for got := 0; got < 20; {
		runtime.GC()
		for more := true; more; {
			select {
			case n := <-finalized:
				sum += n
				got++
			default:
				more = false
				runtime.Gosched()
			}
		}
	}
	fmt.Println("finalized", sum)

	pool := sync.Pool{New: func() interface{} { return new([1024]byte) }}
	var wg sync.WaitGroup
	for w := 0; w < 4; w++ {
		wg.Add(1)
		go func(w int) {
			defer wg.Done()
			held := map[int][]byte{}
			for i := 0; i < 400; i++ {
				buffer := pool.Get().(*[1024]byte)
				buffer[i%1024]++
				held[i%37] = append([]byte(nil), buffer[:]...)
				pool.Put(buffer)
			}
			if len(held) != 37 {
				panic("lost")
			}
		}(w)
	}
	wg.Wait()

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	text := ""
	for i := 0; i < 500; i++ {
		text += strings.Repeat("x", 16)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	fmt.Println(len(text), before.NumGC >= 5, after.NumGC > before.NumGC, after.TotalAlloc > before.TotalAlloc+1_000_000, after.HeapObjects > 32767, after.PauseTotalNs > 0)
	fmt.Println("gogc", debug.SetGCPercent(50), long.count())
	long = nil
	runtime.GC()
	debug.FreeOSMemory()
	runtime.ReadMemStats(&after)
	fmt.Println(after.HeapAlloc < before.HeapAlloc, after.HeapReleased > 0)
}
