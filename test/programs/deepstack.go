// Recursion until the stack holds more than 64 MiB, so that it is doubled and copied many times; pointers into it must move along.
package main

import "fmt"

type frame struct {
	above *frame
	pad   [12]uint64
}

//go:noinline
func descend(n int, above *frame) uint64 {
	own := frame{above: above}
	for i := range own.pad {
		own.pad[i] = uint64(n + i)
	}
	if n == 0 {
		sum := uint64(0)
		for at := &own; at != nil; at = at.above {
			sum = sum*31 + at.pad[n%12] + at.pad[11]
		}
		return sum
	}
	result := descend(n-1, &own)
	return result ^ own.pad[n%12]
}

func main() {
	fmt.Println(descend(450_000, nil))
	done := make(chan uint64)
	for g := 1; g <= 4; g++ {
		go func(g int) { done <- descend(g*1000, nil) }(g)
	}
	total := uint64(0)
	for g := 0; g < 4; g++ {
		total += <-done
	}
	fmt.Println(total)
}
