// One processor, and a loop that never calls anything: only a signal can take the processor away from it.
package main

import "time"

var stop, turns uint32

//go:noinline
func spin(stop *uint32) {
	for n := uint32(0); ; n++ {
		turns = n
		if *stop != 0 {
			return
		}
	}
}

func main() {
	done := make(chan bool)
	go func() {
		spin(&stop)
		done <- true
	}()
	time.Sleep(time.Millisecond)
	stop = 1
	<-done
	println("the loop has ended")
}
