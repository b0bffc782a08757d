// Two goroutines hand a value back and forth: every send and receive parks one of them and lets the scheduler run the other.
// Step it with gobuf to watch runtime.mcall leave a goroutine and runtime.gogo enter the next.
package main

import "fmt"

// volley adds one to what it catches and throws it back, until its channel is closed.
func volley(catch <-chan int, throw chan<- int) {
	for value := range catch { // parks here: mcall(park_m) saves SP and PC in g.sched
		throw <- value + 1 // readies the other goroutine: it will be runnext
	}
	close(throw)
}

func main() {
	ping, pong := make(chan int), make(chan int)
	go volley(ping, pong) // newproc: a G with a stack of its own becomes runnable

	value := 0
	for round := 1; round <= 3; round++ {
		ping <- value
		value = <-pong
		fmt.Println("round", round, "value", value)
	}
	close(ping)
	<-pong // the other goroutine returns into goexit
	fmt.Println("done")
}
