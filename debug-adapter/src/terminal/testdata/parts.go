// Constants, package variables, goroutines and deferred calls through wrappers: what the battery of commands is tried on.
package main

import (
	"context"
	"fmt"
)

const limit = 3

type color uint8

const (
	red color = iota
	green
	blue
)

func (c color) String() string { return [...]string{"red", "green", "blue"}[c] }

type machine struct {
	ops   map[string]func(int) int
	small [2][3]float32
}

var table = [limit]color{blue, green, red}
var global struct {
	name string
	arr  [2]float32
}

func counted() func() {
	n := 1
	return func() { n++ }
}

func leaves() {
	f := counted()
	defer f()
	global.name += "l"
} // leaves

func cancels() {
	_, cancel := context.WithCancel(context.Background())
	defer cancel()
	global.name += "c"
} // cancels

func level(n int, names []string) {
	defer func(at int) { names[0] += fmt.Sprint(at) }(n)
	if n == 0 {
		panic("bottom") // bottom
	}
	level(n-1, names)
}

func sum(name string, in <-chan int, out chan<- int) {
	total := 0
	for n := range in {
		total += n
	}
	out <- total // sum
}

func main() {
	m := &machine{ops: map[string]func(int) int{"double": func(x int) int { return 2 * x }}}
	m.small[1][2] = 0.1
	global.arr[1] = 0.3
	var failure error = context.Canceled
	c := green
	leaves() // first
	cancels()
	in, out := make(chan int), make(chan int)
	go sum("sum", in, out)
	in <- 2
	close(in)
	fmt.Println(<-out, failure, c, table, m.ops["double"](2))
	func() {
		defer func() { recover() }()
		level(2, []string{""})
	}() // recovered
}
