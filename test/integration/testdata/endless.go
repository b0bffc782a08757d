// A program that has to be interrupted.
package main

import "fmt"

func main() {
	count, name := 0, "once"
	fmt.Println(name)
	for {
		count++
		if count == 1000 {
			fmt.Println(name, "more")
		}
	}
}
