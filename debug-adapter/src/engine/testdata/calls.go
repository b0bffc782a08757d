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

func main() {
	p := &point{3, 4}
	text := "gobuf"
	n := add(double(p.x), double(p.y)) + p.sum()
	defer func() { fmt.Println(recover(), n, join(text, "x"), p) }()
	f, err := half(float64(n))
	p.move(1, 1)
	fmt.Println(f, err, p.sum())
	fails(n)
}
