// An assembly kernel of the standard library: SHA-256 over a mebibyte, N times.
package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strconv"
)

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	data := make([]byte, 1<<20)
	for i := range data {
		data[i] = byte(i * 7)
	}
	for r := 0; r < rounds; r++ {
		sum := sha256.Sum256(data)
		copy(data, sum[:])
	}
	fmt.Printf("%x\n", data[:32])
}
