// All goroutines asleep: the runtime's own detection, exit status 2.
package main

import "sync"

func main() {
	println("waiting")
	var wg sync.WaitGroup
	wg.Add(1)
	c := make(chan int)
	go func() { c <- 1 }()
	wg.Wait()
}
