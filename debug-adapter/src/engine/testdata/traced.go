// Writes its own execution trace, in hexadecimal: what the runtime itself says about each goroutine's states.
package main

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/trace"
	"sync"
)

var total int

func main() {
	var out bytes.Buffer
	trace.Start(&out)
	c := make(chan int)
	var done sync.WaitGroup
	for i := 0; i < 3; i++ {
		done.Add(1)
		go func() {
			defer done.Done()
			for v := range c {
				if v%2 == 0 {
					runtime.Gosched()
				}
				total += v
			}
		}()
	}
	for i := 0; i < 8; i++ {
		c <- i
	}
	close(c)
	done.Wait()
	trace.Stop()
	fmt.Printf("%x\n", out.Bytes())
}
