// A program with breakpoints of its own.
package main

import (
	"fmt"
	"runtime"
)

//go:noinline
func double(i int) int {
	runtime.Breakpoint()
	return i * 2
}

func main() {
	sum := 0
	for i := 0; i < 3; i++ {
		sum += double(i)
	}
	fmt.Println(sum)
}
