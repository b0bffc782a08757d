// Goroutines made by goroutines, and deferred calls that wait: for the commands that show them.
package main

import "fmt"

func say(n int, text string) { fmt.Println(n, text) }

func work(done chan bool) {
	text, list := "a longer text", []int{1, 2, 3, 4}
	words := []string{"one", "two"}
	for i, word := range words {
		defer say(i+1, word)
	}
	fmt.Println(text, list) // here
	done <- true
}

func main() {
	done := make(chan bool)
	go func() {
		go work(done)
	}()
	<-done
}
