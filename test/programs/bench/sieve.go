// Loops over memory: the sieve of Eratosthenes up to four million, N times.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	count := 0
	composite := make([]bool, 4_000_000)
	for r := 0; r < rounds; r++ {
		for i := range composite {
			composite[i] = false
		}
		count = 0
		for i := 2; i < len(composite); i++ {
			if composite[i] {
				continue
			}
			count++
			for j := i * 2; j < len(composite); j += i {
				composite[j] = true
			}
		}
	}
	fmt.Println(count)
}
