// An index out of range that nobody recovers, in a goroutine of its own.
package main

import "fmt"

//go:noinline
func pick(list []int, at int) int { return list[at] }

func main() {
	fmt.Println(pick([]int{1, 2, 3}, 2))
	done := make(chan int)
	go func() {
		done <- pick([]int{1, 2, 3}, 5)
	}()
	fmt.Println(<-done)
}
