// Megabytes on stdout and stderr in turn, in small and in large writes: nothing may be lost or reordered within a stream.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

func main() {
	out := bufio.NewWriterSize(os.Stdout, 4096)
	for i := 0; i < 60_000; i++ {
		fmt.Fprintf(out, "%06d the quick brown fox\n", i)
	}
	out.Flush()
	os.Stdout.WriteString(strings.Repeat("0123456789abcdef", 1<<16))
	for i := 0; i < 300; i++ {
		fmt.Fprintln(os.Stderr, "note", i)
		fmt.Println("line", i)
	}
	os.Stdout.WriteString("\nno newline at the end")
}
