// Goroutines that wait in every way that there is, told apart by labels, and what wakes them.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"
)

var sink []any

func use(a ...any) { sink = a }

var ready = make(chan string)

func start(name string, f func()) {
	go pprof.Do(context.Background(), pprof.Labels("w", name), func(context.Context) {
		ready <- name
		f()
	})
	<-ready
}

type lock struct {
	sync.Mutex
	n int
}

func (l *lock) inc() { l.Lock(); l.n++; l.Unlock() }

func inlined(c chan int) int { return <-c } // inlined

type holder[T any] struct {
	cond *sync.Cond
	v    T
	ok   bool
}

func (h *holder[T]) wait() T {
	h.cond.L.Lock()
	defer h.cond.L.Unlock()
	for !h.ok {
		h.cond.Wait()
	}
	return h.v
}

func (h *holder[T]) set(v T) {
	h.cond.L.Lock()
	h.v, h.ok = v, true
	h.cond.L.Unlock()
	h.cond.Broadcast() // broadcast
}

func many(a, b chan int, c chan string, d chan struct{}, e chan<- float64) (r string) {
	select {
	case x := <-a:
		r = fmt.Sprint("a", x)
	case x, ok := <-b:
		r = fmt.Sprint("b", x, ok)
	case s := <-c:
		r = s // chosen
	case <-d:
		r = "d"
	case e <- 1.5:
		r = "e"
	}
	return r
}

func main() {
	debug.SetGCPercent(-1)
	block := make(chan int)
	l := &lock{}
	l.Lock()
	h := &holder[string]{cond: sync.NewCond(&sync.Mutex{})}
	var rw sync.RWMutex
	rw.Lock()
	var wg sync.WaitGroup
	wg.Add(1)
	var once sync.Once
	pr, pw := io.Pipe()
	cs := make(chan string)
	got := make(chan string, 4)
	start("recv", func() { use(inlined(block)) })
	start("range", func() {
		for range block {
		}
	})
	start("mutex", func() { l.inc() })
	start("cond", func() { got <- h.wait() })
	start("rlock", func() { rw.RLock() })
	start("wlock", func() { rw.Lock() })
	start("wg", func() { wg.Wait() })
	start("select", func() { got <- many(block, block, cs, nil, nil) })
	start("none", func() { select {} })
	start("nilsend", func() { var c chan int; c <- 1 })
	start("sleep", func() { time.Sleep(time.Hour) })
	start("once", func() { once.Do(func() { <-block }) })
	start("once2", func() { once.Do(func() {}) })
	start("pipe", func() { b := make([]byte, 4); n, err := pr.Read(b); got <- fmt.Sprint(n, err) })
	start("timer", func() { <-time.After(time.Hour) })
	start("ctx", func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		<-ctx.Done()
	})
	start("locked", func() { runtime.LockOSThread(); <-block })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		start("accept", func() { c, err := ln.Accept(); use(c, err) })
	}
	var count atomic.Int64
	fired := make(chan bool)
	tm := time.AfterFunc(time.Millisecond, func() {
		count.Add(1)
		fired <- true // fired
	})
	<-fired
	for i := 0; i < 200; i++ {
		runtime.Gosched()
	}
	use(tm, &count) // parked
	h.set("value")
	s := <-got
	use(s) // gotcond
	cs <- "str"
	s = <-got
	use(s) // gotselect
	pw.Write([]byte("ab"))
	s = <-got
	use(s) // gotpipe
	l.Unlock()
	rw.Unlock()
	wg.Done()
	for i := 0; i < 50; i++ {
		runtime.Gosched()
	}
	close(block)
	use(1) // last
}
