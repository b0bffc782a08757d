// A worker pool: WaitGroup, Mutex, RWMutex, Once, Cond and a buffered channel, with a result that no schedule can change.
package main

import (
	"fmt"
	"sync"
)

type tally struct {
	mu    sync.Mutex
	count map[int]int
}

func main() {
	jobs := make(chan int, 16)
	results := tally{count: map[int]int{}}
	var wg sync.WaitGroup
	var once sync.Once
	started := 0
	for w := 0; w < 8; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			once.Do(func() { started++ })
			for n := range jobs {
				steps := 0
				for v := n; v != 1; steps++ {
					if v%2 == 0 {
						v /= 2
					} else {
						v = 3*v + 1
					}
				}
				results.mu.Lock()
				results.count[steps]++
				results.mu.Unlock()
			}
		}()
	}
	for n := 1; n <= 3000; n++ {
		jobs <- n
	}
	close(jobs)
	wg.Wait()
	most, at, sum := 0, 0, 0
	for steps, count := range results.count {
		sum += count
		if count > most || count == most && steps < at {
			most, at = count, steps
		}
	}
	fmt.Println(started, sum, len(results.count), most, at)

	var rw sync.RWMutex
	cond := sync.NewCond(&sync.Mutex{})
	ready, shared := 0, 0
	for i := 0; i < 10; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			if i%2 == 0 {
				rw.Lock()
				shared += i
				rw.Unlock()
			} else {
				rw.RLock()
				_ = shared
				rw.RUnlock()
			}
			cond.L.Lock()
			ready++
			cond.L.Unlock()
			cond.Broadcast()
		}(i)
	}
	cond.L.Lock()
	for ready < 10 {
		cond.Wait()
	}
	cond.L.Unlock()
	wg.Wait()
	fmt.Println(ready, shared)
}
