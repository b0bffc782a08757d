// Values of every kind as fields, parameters and locals.
package main

import (
	"fmt"
	"math"
	"time"
	"unsafe"
)

type color uint8

const (
	red color = iota
	green
	blue
)

type flags uint16

const (
	fA flags = 1 << iota
	fB
	fC
)

type base struct {
	id   int32
	tag  [3]byte
	next *base
}
type mid struct {
	base
	name string
}
type outer struct {
	*mid
	extra map[string]interface{}
	fn    func(int) int
	ch    chan<- int
	any   interface{}
	c     complex64
	arr   [2][3]int16
	un    struct{ x, y float32 }
	emp   struct{}
	ptrs  []*base
	col   color
	fl    flags
	dur   time.Duration
	up    uintptr
	us    unsafe.Pointer
}

//go:noinline
func take(o outer, p *outer, b byte, u16 uint16, i8 int8, f32 float32, f64 float64, c complex128, s string, sl []string, m map[int]bool, e error, fn func(), arr [3]int, r rune, bo bool) (int, string) {
	x := int(b) + int(u16) + int(i8)
	y := fmt.Sprint(f32, f64, c, s, len(sl), len(m), e, arr, r, bo)
	fn()
	if p.col == blue {
		x += len(y)
	}
	return x, y
}

func (o *outer) method(k int) (res int) {
	for i := 0; i < k; i++ {
		res += o.fn(i)
	}
	return
}

func main() {
	b := &base{id: 7, tag: [3]byte{'a', 'b', 'c'}}
	b.next = b
	k := 10
	o := outer{mid: &mid{base: *b, name: "mid"}, extra: map[string]interface{}{"n": 1, "s": "two", "f": 3.5, "nil": nil}}
	o.fn = func(i int) int { k++; return i * k }
	o.ch = make(chan int, 3)
	o.any = fmt.Errorf("wrapped: %w", fmt.Errorf("inner"))
	o.c = complex(1, -2)
	o.arr[1][2] = -5
	o.un.x, o.un.y = 1.25, float32(math.Inf(1))
	o.ptrs = []*base{b, nil}
	o.col = blue
	o.fl = fA | fC
	o.dur = 1500 * time.Millisecond
	o.up = 0xdeadbeef
	o.us = unsafe.Pointer(b)
	x, y := take(o, &o, 255, 65535, -128, math.MaxFloat32, math.NaN(), complex(math.Inf(-1), 0), "héllo\n\"q\"", []string{"a", "", "ccc"}, map[int]bool{1: true, 2: false}, nil, func() { k-- }, [3]int{1, 2, 3}, '世', true)
	z := o.method(3)
	var np *outer
	var ni interface{}
	var ns []int
	var nm map[string]int
	var nf func()
	var nc chan int
	long := make([]int, 100)
	for i := range long {
		long[i] = i * i
	}
	str := string(make([]byte, 70)) + "tail"
	type place struct{ row, column int }
	names := map[place]string{{1, 2}: "here"}
	mexico, _ := time.Parse(time.RFC3339, "2022-06-07T02:03:04-06:00")
	runes := []rune("tèst")
	stamp := [4]byte{'a', 'b', 'c', 'd'}
	fmt.Println(x, y, z, np, ni, ns, nm, nf == nil, nc, len(long), len(str), names, mexico.UTC(), runes, stamp) // all
}
