// Branches and indirect calls: sorting half a million pseudo-random integers through an interface, N times.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
)

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	state := uint32(1)
	numbers := make([]int, 500_000)
	for r := 0; r < rounds; r++ {
		for i := range numbers {
			state = state*1664525 + 1013904223
			numbers[i] = int(state)
		}
		sort.Sort(sort.IntSlice(numbers))
	}
	fmt.Println(numbers[0], numbers[len(numbers)/2])
}
