// A goroutine blocks in a system call for 30 ms. Its thread is stuck in the kernel, but its processor is needed elsewhere.
package main

import (
	"syscall"
	"time"
)

//go:noinline
func count(n int) (sum int) {
	for i := 0; i < n; i++ {
		sum += i
	}
	return sum
}

func main() {
	var ends [2]int
	if err := syscall.Pipe(ends[:]); err != nil {
		panic(err)
	}
	got := make(chan int)
	go func() {
		buffer := make([]byte, 16)
		n, _ := syscall.Read(ends[0], buffer) // a plain pipe: read blocks the thread
		got <- n
	}()
	time.Sleep(5 * time.Millisecond)
	println("meanwhile", count(1000))
	time.Sleep(25 * time.Millisecond)
	syscall.Write(ends[1], []byte("hello"))
	println("still busy", count(400_000)) // so that the reader comes back while the processor is in use
	println("read", <-got, "bytes")
}
