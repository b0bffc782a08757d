// Values of many kinds at places that a script stops at: what a debugger says here is compared with Delve.
package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/pprof"
	"sort"
	"strings"
	"sync"
)

type Number interface{ ~int | ~float64 }

func sum[T Number](list []T) (total T) {
	for _, v := range list {
		total += v
	}
	return total
}

type pair[K comparable, V any] struct {
	key   K
	value V
}

func (p *pair[K, V]) swap(with V) V {
	old := p.value
	p.value = with
	return old
}

type named interface{ Name() string }
type loud interface {
	named
	Shout() string
}
type animal struct {
	name string
	legs uint8
}

func (a animal) Name() string   { return a.name }
func (a *animal) Shout() string { return strings.ToUpper(a.name) }

type pet struct {
	*animal
	named
	owner struct{ first, last string }
	tags  map[string]point
}
type point struct{ x, y int32 }
type color int

const (
	red color = iota
	green
	blue
)

type list struct {
	next  *list
	value any
}

func depth(n int, seen []int) int {
	seen = append(seen, n)
	if n == 0 {
		return len(seen) // deepest
	}
	return depth(n-1, seen) + 1
}

func collections() {
	big := [300]int{7: 7, 299: -1}
	grid := [2][3]float32{{1, 2.5}, {0, -3}}
	empty, none := []string{}, []string(nil)
	text := strings.Repeat("äb", 50)
	lookup := map[point]animal{{1, 2}: {"cat", 4}}
	words := map[string][]int{"one": {1}, "none": nil}
	var nilMap map[int]bool
	bytes := []byte("bytes\n")
	runes := []rune(text)[:3]
	complexes := []complex128{complex(1, -2)}
	pointers := []*point{{3, 4}, nil}
	funcs := []func(int) int{func(i int) int { return i + len(text) }, nil}
	chain := &list{&list{nil, "last"}, 42}
	chain.next.next = chain
	fmt.Println(len(big), grid, empty, none, len(text), lookup, words, nilMap, bytes, runes, complexes, len(pointers), len(funcs), chain.value, green) // collections
}

func interfaces() {
	var nothing any
	var err error = fmt.Errorf("wrapped: %w", errors.New("inner"))
	cat := &animal{"cat", 4}
	p := pet{animal: cat, named: animal{"dog", 3}, tags: map[string]point{"home": {1, 1}}}
	p.owner.first = "Ada"
	var l loud = cat
	var n named = *cat
	values := []any{1, "two", 3.5, blue, point{5, 6}, &point{7, 8}, nil, []int{9}, err}
	method, expression := cat.Shout, (*animal).Shout
	structs := struct {
		animal
		extra [2]bool
	}{animal{"fox", 4}, [2]bool{true}}
	fmt.Println(nothing, err, p, l.Shout(), n.Name(), len(values), method(), expression(cat), structs) // interfaces
}

func generic() {
	ints, floats := sum([]int{1, 2, 3}), sum([]float64{0.5})
	p := &pair[string, []int]{"k", []int{1}}
	old := p.swap([]int{2, 3})
	fmt.Println(ints, floats, p, old) // generic
}

func closures() {
	count, name := 0, "outer"
	next := func(step int) int {
		inner := step * 2
		count += inner
		return count // closure
	}
	fmt.Println(next(1), next(2), name) // closures
}

func recovers(v any) (result string) {
	defer func() {
		if r := recover(); r != nil {
			result = fmt.Sprint("recovered ", r) // recovered
		}
	}()
	defer func(kept string) { result = kept }("kept")
	if v == nil {
		panic("nothing")
	}
	return v.(string)
}

func channels() {
	full, empty, done := make(chan int, 2), make(chan point), make(chan struct{})
	full <- 1
	full <- 2
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := 0; i < 2; i++ {
		wg.Add(1)
		i := i
		go pprof.Do(context.Background(), pprof.Labels("number", fmt.Sprint(i), "kind", "sender"), func(context.Context) {
			defer wg.Done()
			full <- i
		})
	}
	go func() {
		select {
		case <-empty:
		case <-done:
		}
	}()
	for i := 0; i < 20; i++ {
		runtime.Gosched()
	}
	mu.Lock()
	fmt.Println(len(full), cap(empty)) // channels
	mu.Unlock()
	close(done)
	got := []int{<-full, <-full, <-full, <-full}
	wg.Wait()
	sort.Ints(got)
	fmt.Println(got) // received
}

func main() {
	fmt.Println(depth(3, nil))
	collections()
	interfaces()
	generic()
	closures()
	fmt.Println(recovers("fine"), recovers(nil), recovers(3))
	channels()
}
