// Several calls on one line, for stepping into one of them; and something to call from expressions.
package main

import (
	"errors"
	"fmt"
	"strings"
)

type point struct{ x, y int }

//go:noinline
func (p point) sum() int { return p.x + p.y }

//go:noinline
func (p *point) move(dx, dy int) { p.x, p.y = p.x+dx, p.y+dy }

//go:noinline
func double(n int) int { return 2 * n }

//go:noinline
func join(a, b string) string { return strings.ToUpper(a) + "-" + b }

//go:noinline
func half(f float64) (float64, error) {
	if f < 0 {
		return 0, errors.New("negative")
	}
	return f / 2, nil
}

//go:noinline
func add(a, b int) int { return a + b }

//go:noinline
func fails(n int) int { panic(fmt.Sprint("bad ", n)) }

//go:noinline
func recovers(n int) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	if n > 2 {
		fails(n)
	}
	return fmt.Sprint(10 / n), nil
}

//go:noinline
func again(n int) int {
	defer func() { panic(fmt.Sprint("again: ", recover())) }()
	return fails(n)
}

// Its frames need more stack than a call begins with.
//
//go:noinline
func deep(n int) int {
	var room [1024]byte
	room[n%1024] = byte(n)
	if n == 0 {
		return 0
	}
	return deep(n-1) + int(room[n%1024]) - int(byte(n)) + 1
}

type wide struct {
	point
	depth int
}

//go:noinline
func (w *wide) volume() int { return w.sum() * w.depth }

//go:noinline
func adder(n int) func(int) int { return func(m int) int { return n + m } }

//go:noinline
func nothing() {}

// Its name is one of gobuf's own words.
var m = map[point]string{{1, 2}: "one, two"}

func main() {
	p := &point{3, 4}
	w := &wide{point{5, 6}, 2}
	nothing()
	defer func() { _ = fmt.Sprint(w.volume(), adder(1)(2), m) }()
	text := "gobuf"
	n := add(double(p.x), double(p.y)) + p.sum()
	defer func() { fmt.Println(recover(), n, join(text, "x"), p) }()
	f, err := half(float64(n))
	p.move(1, 1)
	fmt.Println(f, err, p.sum())
	defer func() { _, _ = recovers(1); _ = deep(3) }()
	if n < 0 {
		again(n)
	}
	fails(n)
}
