// Exit statuses: Exit in a goroutine while main waits, deferred calls not run, output flushed by nobody but write(2).
package main

import (
	"fmt"
	"os"
)

func main() {
	defer fmt.Println("never printed")
	go func() {
		fmt.Fprintln(os.Stderr, "leaving")
		os.Exit(0)
	}()
	select {}
}
