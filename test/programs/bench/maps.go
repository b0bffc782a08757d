// Hashing and allocation: a map of integers and a map of strings, built and read, N times.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	sum := 0
	names := make([]string, 20_000)
	for i := range names {
		names[i] = "key " + strconv.Itoa(i*7919)
	}
	for r := 0; r < rounds; r++ {
		numbers, words := map[int]int{}, map[string]int{}
		for i, name := range names {
			numbers[i*31] += i
			words[name] += i
		}
		for i, name := range names {
			sum += numbers[i*31] + words[name]&1
		}
	}
	fmt.Println(sum)
}
