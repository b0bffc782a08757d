// Values of every kind, and goroutines in several states, for comparing what gobuf shows with what Delve shows.
package main

import (
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"time"
	"unsafe"
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

type Color int

const (
	Red Color = iota
	Green
	Blue
)

type Flags uint8

const (
	FlagA Flags = 1 << iota
	FlagB
	FlagC
)

type Base struct{ ID int }
type Derived struct {
	Base
	*Node
	Tag string
}
type Pair[K comparable, V any] struct {
	Key K
	Val V
}
type Big struct{ Data [200]byte }
type Key struct {
	A int
	B string
}
type Loop struct{ Self *Loop }

var (
	ColorVar   = Blue
	FlagVar    = FlagA | FlagC
	Der        = Derived{Base{7}, &Node{Name: "inner"}, "tag"}
	Gen        = Pair[string, int]{"k", 9}
	GenP       = &Pair[int, []string]{1, []string{"x", "a long string here"}}
	MapStruct  = map[Key]Point{{1, "a"}: {1, 2}}
	MapBig     = map[string]Big{"b": {}}
	MapSet     = map[int]struct{}{1: {}}
	MapPtr     = map[string]*Point{"p": {5, 6}}
	MapIface   = map[interface{}]interface{}{"s": 1.5}
	MapMap     = map[string]map[string]int{"outer": {"inner": 1}}
	When       = time.Unix(1700000000, 5).UTC()
	NilFunc    func()
	NilChan    chan int
	NilIface   interface{}
	NilErr     error
	NilPtr     *Node
	PtrIface   interface{} = &Point{8, 9}
	ErrPtr     error       = fmt.Errorf("wrapped: %w", os.ErrExist)
	SliceIface             = []interface{}{1, "two", 3.0, nil, Point{1, 1}, &Point{2, 2}}
	Nested                 = [][]string{{"a"}, {"b", "cc"}}
	Bytes                  = []byte("hello\x00\xff")
	Rune                   = '世'
	Unicode                = "héllo 世界\n\t\"q\""
	Matrix                 = [2][3]int{{1, 2, 3}, {4, 5, 6}}
	Anon                   = struct {
		A int
		B string
	}{1, "anon"}
	Unsafe      = unsafe.Pointer(&Global)
	LoopVar     = &Loop{}
	ChanStruct  = make(chan Point, 2)
	PtrPtr      = &NilPtr
	PtrSlice    = &Sl
	PtrMap      = &BigMap
	Inf         = math.Inf(1)
	NaN         = math.NaN()
	NegZero     = math.Copysign(0, -1)
	Tiny        = 5e-324
	Huge        = 1.7976931348623157e308
	C64         = complex64(complex(1.5, -2.5))
	Deep        = &Node{Name: "1", Next: &Node{Name: "2", Next: &Node{Name: "3", Next: &Node{Name: "4"}}}}
	FuncSlice   = []func(int) int{nil, func(x int) int { return x }}
	ByteArr     = [4]byte{1, 2, 3, 255}
	BoolSlice   = []bool{true, false}
	StrPtr      = &Strs[2]
	IntPtrSlice = []*int{&Sl[0], nil}
	EmptyMap    = map[string]int{}
	EmptySlice  = []int{}
	Duration    = []time.Duration{time.Second, 0}
)

func init() {
	LoopVar.Self = LoopVar
	ChanStruct <- Point{1, 2}
	n := 10
	Adder = func(x int) int { n += x; return n }
}

var Adder func(int) int

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
	fmt.Sprint(&ColorVar, &FlagVar, &Der, &Gen, GenP, MapStruct, MapBig, MapSet, MapPtr, MapIface, MapMap, &When, NilFunc == nil, NilChan == nil, &NilIface, &NilErr, PtrIface, ErrPtr, SliceIface, Nested, Bytes, &Rune, &Unicode,
		&Matrix, &Anon, Unsafe, LoopVar.Self == nil, ChanStruct, &PtrPtr, &PtrSlice, &PtrMap, &Inf, &NaN, &NegZero, &Tiny, &Huge, &C64, Deep, FuncSlice == nil, &ByteArr, BoolSlice, StrPtr, IntPtrSlice, EmptyMap, EmptySlice, Duration, Adder(1))
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
