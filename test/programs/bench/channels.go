// Goroutine switches: a value goes round a ring of goroutines over unbuffered channels, N times ten thousand hand-overs.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	const size = 20
	first := make(chan int)
	in := first
	for i := 0; i < size; i++ {
		out := make(chan int)
		go func(in, out chan int) {
			for v := range in {
				out <- v + 1
			}
			close(out)
		}(in, out)
		in = out
	}
	v := 0
	for i := 0; i < rounds*10_000/size; i++ {
		first <- v
		v = <-in
	}
	fmt.Println(v)
}
