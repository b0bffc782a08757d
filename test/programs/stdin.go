// Standard input to its end: buffered lines, long ones, numbers, and a copy of the rest with its checksum.
package main

import (
	"bufio"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strings"
)

func main() {
	in := bufio.NewReaderSize(os.Stdin, 64)
	first, err := in.ReadString('\n')
	fmt.Printf("%q %v\n", first, err)
	var a, b int
	n, err := fmt.Fscan(in, &a, &b)
	fmt.Println(n, err, a+b)
	in.ReadString('\n')
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, 1<<20)
	lines, longest, words := 0, 0, 0
	sum := crc32.NewIEEE()
	for scanner.Scan() {
		lines++
		words += len(strings.Fields(scanner.Text()))
		if len(scanner.Bytes()) > longest {
			longest = len(scanner.Bytes())
		}
		sum.Write(scanner.Bytes())
	}
	fmt.Println(lines, words, longest, scanner.Err())
	fmt.Printf("%08x\n", sum.Sum32())
	m, err := io.ReadFull(os.Stdin, make([]byte, 1))
	fmt.Println(m, err)
}
