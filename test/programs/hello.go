// The smallest program with fmt: what every boot must reach.
package main

import "fmt"

func main() {
	fmt.Println("hello, world")
	fmt.Printf("%d %s %q %v %08.3f %x %+v\n", 42, "go", "quoted", []int{1, 2, 3}, 3.14159, "hex", struct{ A, B int }{1, 2})
}
