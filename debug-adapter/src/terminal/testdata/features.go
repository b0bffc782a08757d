// Generics with methods, promoted methods, maps with all kinds of keys, pointers and numbers of all kinds.
package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"sort"
	"strings"
	"sync/atomic"
	"unsafe"
)

type number interface {
	~int | ~int8 | ~uint16 | ~float64 | ~complex128
}

type vec[T number] struct {
	items []T
	next  *vec[T]
}

func (v *vec[T]) add(x T) *vec[T] {
	v.items = append(v.items, x)
	return v // added
}

func (v vec[T]) sum() (total T) {
	for _, x := range v.items {
		total += x
	}
	return // summed
}

type pair[K comparable, V any] struct {
	key K
	val V
}

func (p pair[K, V]) String() string { return fmt.Sprint(p.key, "=", p.val) }

type tree[K comparable, V any] struct {
	left, right *tree[K, V]
	pair[K, V]
	less func(a, b K) bool
}

func (t *tree[K, V]) put(k K, v V) *tree[K, V] {
	if t == nil {
		return &tree[K, V]{pair: pair[K, V]{k, v}} // leaf
	}
	if t.less != nil && t.less(k, t.key) {
		t.left = t.left.put(k, v)
	} else {
		t.right = t.right.put(k, v)
	}
	return t
}

func mapped[A, B any](list []A, f func(A) B) []B {
	out := make([]B, 0, len(list))
	for i, a := range list {
		b := f(a)
		out = append(out, b) // mapping
		_ = i
	}
	return out
}

type reader interface{ read() string }
type writer interface{ write(string) int }
type both interface {
	reader
	writer
	fmt.Stringer
}
type base struct{ name string }

func (b base) read() string        { return b.name }
func (b *base) write(s string) int { b.name += s; return len(s) } // wrote
func (b base) String() string      { return "<" + b.name + ">" }

type outer struct {
	*base
	both
	extra [2]struct{ a, b int8 }
}
type myInt int8
type ints [3]myInt
type celsius float32
type fn func(int, ...string) (n int, err error)
type key struct {
	a int
	s string
}
type flags uint8

const (
	fa flags = 1 << iota
	fb
	fc
)
const (
	red color = iota
	green
	blue
)

type color int

func (c color) String() string { return [...]string{"r", "g", "b"}[c] }

var sink any

//go:noinline
func use(a ...any) { sink = a }

func closures() []func() int {
	var fs []func() int
	total := 0
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int {
			total += i
			return total*10 + i // inclosure
		})
	}
	for _, f := range fs {
		use(f())
	}
	return fs // closures
}

func labels(n int) (res string) {
outer:
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			switch {
			case i*j == 6:
				res += "x"
				break outer // breaks
			case j > i:
				continue outer // continues
			case i == 2:
				goto next
			default:
				res += fmt.Sprint(i, j)
				fallthrough
			case false:
				res += ";"
			}
		next:
			res += "," // nexted
		}
	}
	return res // labelled
}

type myErr struct{ code int }

func (e *myErr) Error() string { return fmt.Sprint("code ", e.code) }

func chain(n int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("level %d: %w", n, r.(error)) // recovered
			if n < 2 {
				panic(err) // repanics
			}
		}
	}()
	if n > 0 {
		return chain2(n - 1)
	}
	panic(&myErr{42}) // panics
}

func chain2(n int) error {
	defer use("deferred", n)
	defer func(s string) { use(s) }("arg")
	return chain(n)
}

func maps() {
	arr := map[[2]int]string{{1, 2}: "a"}
	st := map[key][]int{{1, "x"}: {1, 2}}
	ifc := map[any]int{1: 1}
	ifs := map[any]any{"s": 1.5}
	fl := map[float64]complex64{math.Pi: 1 + 2i}
	cx := map[complex128]bool{1i: true}
	ch := map[chan int]int{nil: 3}
	pt := map[*int]struct{}{nil: {}}
	bo := map[bool]map[string]int{true: {"k": 1}}
	nested := map[string]map[int][]string{"a": {1: {"x", "y"}}}
	by := map[byte]rune{'a': 'é'}
	sa := map[struct{ x, y int8 }]*key{{1, 2}: {3, "z"}}
	big := map[[40]int64]int{}
	big[[40]int64{1}] = 7
	bigv := map[int][40]int64{1: {2}}
	errs := map[error]string{errors.ErrUnsupported: "u"}
	col := map[color]flags{blue: fa | fc}
	many := map[int]int{}
	for i := 0; i < 100; i++ {
		many[i] = i * i
	}
	delete(many, 5)
	empty := map[string]int{}
	var null map[string]int
	use(arr, st, ifc, ifs, fl, cx, ch, pt, bo, nested, by, sa, big, bigv, errs, col, many, empty, null) // maps
}

func pointers() {
	x := [4]uint16{1, 2, 3, 4}
	p := unsafe.Pointer(&x[1])
	q := (*uint16)(unsafe.Add(p, 2))
	u := uintptr(p)
	s := unsafe.Slice(q, 2)
	str := unsafe.String((*byte)(unsafe.Pointer(&x)), 3)
	pp := &q
	ppp := &pp
	var ap atomic.Pointer[key]
	ap.Store(&key{5, "five"})
	var av atomic.Value
	av.Store([]string{"v"})
	var ai atomic.Int32
	ai.Add(-3)
	var ab atomic.Bool
	ab.Store(true)
	cc := make(chan chan (<-chan string), 2)
	inner := make(chan (<-chan string), 1)
	cc <- inner
	var np *outer
	var ni both
	nilf := fn(nil)
	use(x, p, q, u, s, str, pp, ppp, &ap, &av, &ai, &ab, cc, np, ni, nilf) // pointers
}

func values() {
	b := &base{"b"}
	o := outer{base: b, both: b, extra: [2]struct{ a, b int8 }{{1, 2}, {3, 4}}}
	m1 := b.write
	m2 := (*base).write
	m3 := base.read
	m4 := o.both.read
	var f fn = func(n int, s ...string) (int, error) { return n + len(s), nil } // fnbody
	c := 1 + 2i
	c64 := complex64(c)
	nan, inf := math.NaN(), math.Inf(-1)
	iv := ints{1, -2, 3}
	var t celsius = -40.5
	var e any = o
	var e2 any = &iv
	var err error = &myErr{7}
	wrapped := fmt.Errorf("w: %w", errors.Join(err, os.ErrNotExist))
	anon := struct {
		int
		string
		*base
		f func()
	}{1, "s", b, nil}
	var arr [2][3][]map[string]int
	arr[1][2] = []map[string]int{{"q": 1}}
	empty := struct{}{}
	zero := [0]int{}
	runes, bytes := []rune("hé€😀"), []byte("hé\xff\x00")
	long := strings.Repeat("abcdefghij", 30)
	fl := fa | fc
	col := blue
	n, er := f(1, "a", "b")
	use(m1("x"), m2(b, "y"), m3(*b), m4())
	sort.Slice(runes, func(i, j int) bool { return runes[i] > runes[j] })
	use(o, c, c64, nan, inf, iv, t, e, e2, err, wrapped, anon, arr, empty, zero, runes, bytes, long, fl, col, n, er) // values
}

func main() {
	v := &vec[float64]{}
	v.add(1.5).add(2.5)
	w := (&vec[complex128]{}).add(1i).add(2)
	use(v.sum(), w.sum())
	t := &tree[string, int]{less: func(a, b string) bool { return a < b }}
	t.put("b", 1).put("a", 2)
	use(t.String(), mapped([]int{1, 2}, func(i int) string { return fmt.Sprint(i) }), mapped([]string{"a"}, func(s string) pair[string, myInt] { return pair[string, myInt]{s, 3} }))
	use(t) // generics
	closures()
	labels(4)
	use(chain(2))
	maps()
	pointers()
	values()
	fmt.Println("done")
}
