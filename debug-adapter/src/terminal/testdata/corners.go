// Texts that are no UTF-8, names that registers have too, pointers to what can be indexed, what callers keep in registers and on the stack.
package main

import (
	"errors"
	"fmt"
	"io"
	"time"
	"unsafe"
)

type (
	text   string
	raw    unsafe.Pointer
	truth  bool
	number float64
)

type dog struct{ name string }
type cat struct{ *dog }
type value struct{ legs int }

func (d *dog) Name() string { return d.name }
func (v value) Legs() int   { return v.legs }

func corners() {
	bad, t, yes, half := "a\xffb\xc3\x28c\xe4\xb8", text("xy\xfe"), truth(true), number(0.5)
	list := []int{4, 5, 6}
	words := map[string]int{"k": 1}
	mixed := map[any]int{1: 2}
	sp, pc, pt := &list, &words, &t
	px := &list[1]
	ppx := &px
	animal := &dog{"rex"}
	pp := &animal
	arr := [5]byte{'a', 0, 255, '"', '\\'}
	errs := []error{io.EOF, errors.New("EOF"), errors.New("x"), nil}
	where, nowhere := raw(px), raw(nil)
	in, out := make(<-chan int), make(chan<- int)
	long := string(make([]byte, 100))
	y, x := "cap", 1
	f := func(a int) string { x++; return y + fmt.Sprint(a, x) }
	v, c := value{4}, cat{animal}
	u8, i64 := uint8(200), int64(-5)
	odd, bare := any(uintptr(5)), any(unsafe.Pointer(px))
	fmt.Println(bad, t, yes, half, sp, pc, pt, ppx, pp, mixed, arr, errs, where, nowhere, in, out, len(long), f(1), v.Legs(), c.Name(), u8, i64, odd, bare, time.Second) // corners
}

//go:noinline
func three() (int, string, error) { return 7, "seven", io.EOF }

//go:noinline
func leaf(n int) (m int) {
	for i := 0; i < n; i++ {
		m += i // leaf
	}
	return
}

//go:noinline
func caller(err error) {
	n, s, e := three()
	k := leaf(2)
	fmt.Println(n, s, e, k, err)
}

func main() {
	corners()
	caller(io.ErrUnexpectedEOF)
}
