// Recursion without end: the runtime's fatal error at its stack limit, with the elided traceback and exit status 2.
package main

import "fmt"

//go:noinline
func forever(n int) int {
	var pad [4096]byte
	pad[n&4095] = byte(n)
	return forever(n+1) + int(pad[(n+1)&4095])
}

func main() {
	fmt.Println("down")
	fmt.Println(forever(0))
}
