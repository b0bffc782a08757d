// A goroutine reads from a pipe that is empty: it waits in the network poller, and no thread waits with it.
package main

import (
	"os"
	"time"
)

//go:noinline
func reader(from *os.File, got chan<- int) {
	buffer := make([]byte, 16)
	n, _ := from.Read(buffer)
	got <- n
}

func main() {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	got := make(chan int)
	go reader(r, got)
	time.Sleep(time.Millisecond)
	w.WriteString("hello")
	println("read", <-got, "bytes")
}
