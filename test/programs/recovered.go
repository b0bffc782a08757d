// Faults that are recovered from: nil dereferences in many shapes, thousands of times, and the program goes on well.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type big struct {
	pad [1 << 16]byte
	end int
}

//go:noinline
func read(p *int) int { return *p }

//go:noinline
func write(p *[8]int64) { p[3] = 1 }

//go:noinline
func far(p *big) int { return p.end }

func safely(f func()) (text string) {
	defer func() {
		if err, ok := recover().(runtime.Error); ok {
			text = err.Error()
		}
	}()
	f()
	return "fine"
}

func main() {
	x := 5
	fmt.Println(safely(func() { read(&x) }))
	fmt.Println(safely(func() { read(nil) }))
	fmt.Println(safely(func() { write(nil) }))
	fmt.Println(safely(func() { far(nil) }))
	fmt.Println(safely(func() { var f func(); f() }))
	count := 0
	for i := 0; i < 3000; i++ {
		if safely(func() { read(nil) }) != "fine" {
			count++
		}
	}
	done := make(chan int)
	for g := 0; g < 4; g++ {
		go func() {
			own := 0
			for i := 0; i < 200; i++ {
				if safely(func() { write(nil) }) != "fine" {
					own++
				}
			}
			done <- own
		}()
	}
	for g := 0; g < 4; g++ {
		count += <-done
	}
	fmt.Println(count)
	debug.SetPanicOnFault(true)
	fmt.Println(safely(func() { fmt.Println(cap(make([]int, 3))); far(nil) }))
}
