// Go calls assembly, and that assembly calls Go: two conventions for arguments, and the wrappers between them.
package main

// Twice is in twice_amd64.s: it gives add its argument, two times.
func Twice(n int) int

// twice is a function value, and whoever calls one passes arguments in registers.
var twice = Twice

//go:noinline
func add(a, b int) int { return a + b }

func main() {
	println("twice 21 is", Twice(21))
	println("twice 50 is", twice(50))
}
