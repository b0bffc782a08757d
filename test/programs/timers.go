// Time passes: Sleep, After, AfterFunc, Ticker, Timer.Stop and Reset, select with a time-out, contexts with deadlines.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

func main() {
	begin := time.Now()
	time.Sleep(20 * time.Millisecond)
	fmt.Println("slept", time.Since(begin) >= 20*time.Millisecond)

	slow := make(chan string)
	go func() { time.Sleep(300 * time.Millisecond); slow <- "slow" }()
	select {
	case s := <-slow:
		fmt.Println(s)
	case <-time.After(30 * time.Millisecond):
		fmt.Println("timed out")
	}
	fmt.Println(<-slow)

	ticker := time.NewTicker(10 * time.Millisecond)
	for i := 0; i < 3; i++ {
		<-ticker.C
		fmt.Println("tick", i)
	}
	ticker.Stop()

	fired := make(chan bool, 1)
	timer := time.AfterFunc(time.Hour, func() { fired <- true })
	fmt.Println("stopped", timer.Stop(), timer.Stop())
	timer.Reset(5 * time.Millisecond)
	fmt.Println("fired", <-fired)

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	fmt.Println(ctx.Err(), errors.Is(ctx.Err(), context.DeadlineExceeded))

	child, stop := context.WithCancel(context.WithValue(context.Background(), "key", 7))
	go stop()
	<-child.Done()
	fmt.Println(child.Err(), child.Value("key"))

	order := make(chan int, 4)
	for _, n := range []int{4, 2, 3, 1} {
		go func(n int) { time.Sleep(time.Duration(n) * 40 * time.Millisecond); order <- n }(n)
	}
	for i := 0; i < 4; i++ {
		fmt.Print(<-order, " ")
	}
	fmt.Println()
}
