// Values of every kind, and goroutines in several states, for comparing what gobuf shows with what Delve shows.
package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

type Point struct{ X, Y int }
type Node struct {
	Name string
	Next *Node
	Kids []*Node
	M    map[string]int
	I    interface{}
	E    error
	F    func(int) int
	C    chan int
	A    [3]uint8
	Cx   complex128
	B    bool
	F64  float64
	P    Point
}

type Stringer interface{ String() string }

func (p Point) String() string { return fmt.Sprint(p.X, ",", p.Y) }

var Global = &Node{Name: "global", M: map[string]int{"one": 1, "two": 2}, I: Point{1, 2}, E: os.ErrNotExist, C: make(chan int, 4), A: [3]uint8{1, 2, 3}, Cx: complex(1, -2), B: true, F64: 3.25}
var BigMap = map[int]string{}
var Sl = []int{1, 2, 3, 4, 5}
var Strs = []string{"a", "bb", "ccc"}
var S Stringer = Point{3, 4}
var NilMap map[string]int
var NilS []int
var Emp = struct{}{}
var Ptr2 **Node
var Long = strings.Repeat("0123456789", 20)
var F32 float32 = 1.5
var I8 int8 = -8
var U64 uint64 = 1 << 63
var Dur = 3 * time.Second

func gen[T any](x T) []T { return []T{x, x} }

//go:noinline
func worker(id int, ch chan int, wg *sync.WaitGroup, msg string) (res int) {
	defer wg.Done()
	local := id * 2
	pt := Point{id, local}
	for v := range ch {
		res += v + local
	}
	fmt.Println(msg, pt, res)
	return res
}

func main() {
	Ptr2 = &Global.Next
	Global.Next = &Node{Name: "next"}
	Global.Kids = []*Node{Global, Global.Next}
	Global.F = func(x int) int { return x + len(os.Args) }
	Global.C <- 42
	for i := 0; i < 100; i++ {
		BigMap[i] = fmt.Sprint("v", i)
	}
	fmt.Println(gen(3), gen("x"), Global.F(2), I8, U64, F32, Dur, len(Long), NilMap == nil, NilS == nil, Sl, Strs, S, Emp)
	ch := make(chan int)
	var wg sync.WaitGroup
	for i := 0; i < 3; i++ {
		wg.Add(1)
		go worker(i, ch, &wg, "done")
	}
	for i := 0; i < 10; i++ {
		ch <- i
	}
	close(ch)
	wg.Wait()
	time.Sleep(time.Millisecond)
}
