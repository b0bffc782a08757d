// Two goroutines hand a number back and forth over unbuffered channels: every hand-over is a goroutine switch.
package main

//go:noinline
func pong(in <-chan int, out chan<- int) {
	for n := range in {
		out <- n + 1
	}
	close(out)
}

func main() {
	ping, back := make(chan int), make(chan int)
	go pong(ping, back)
	n := 0
	for i := 0; i < 10; i++ {
		ping <- n
		n = <-back
	}
	close(ping)
	<-back
	println("n is", n)
}
