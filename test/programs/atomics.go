// sync/atomic in all widths, compare-and-swap loops, a spin lock and atomic.Value under many goroutines.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

type spin struct{ held int32 }

func (s *spin) lock() {
	for !atomic.CompareAndSwapInt32(&s.held, 0, 1) {
		runtime.Gosched()
	}
}
func (s *spin) unlock() { atomic.StoreInt32(&s.held, 0) }

func main() {
	var a int32
	var b uint64
	var c atomic.Int64
	var d atomic.Pointer[string]
	var e atomic.Value
	var f uintptr
	var lock spin
	plain := 0
	var max uint64
	var wg sync.WaitGroup
	for g := 0; g < 16; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			for i := 0; i < 300; i++ {
				atomic.AddInt32(&a, -1)
				atomic.AddUint64(&b, 1<<33)
				c.Add(int64(g))
				atomic.AddUintptr(&f, ^uintptr(0))
				lock.lock()
				plain++
				lock.unlock()
				for {
					old := atomic.LoadUint64(&max)
					next := uint64(g*1000 + i)
					if next <= old || atomic.CompareAndSwapUint64(&max, old, next) {
						break
					}
				}
			}
			text := fmt.Sprint("from ", g)
			d.Store(&text)
			e.Store(g)
		}(g)
	}
	wg.Wait()
	_, isInt := e.Load().(int)
	fmt.Println(a, b, c.Load(), plain, max, d.Load() != nil, isInt, int(f))
	fmt.Println(atomic.SwapInt32(&a, 5), a, c.CompareAndSwap(0, 1), c.Swap(9), c.Load())
	var flag atomic.Bool
	fmt.Println(flag.Swap(true), flag.Load())
}
