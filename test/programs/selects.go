// select in all its forms: several ready cases, default, nil channels, closed channels, many senders and fan-in.
package main

import (
	"fmt"
	"sort"
	"sync"
)

func produce(n int, wg *sync.WaitGroup) <-chan int {
	c := make(chan int)
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer close(c)
		for i := 0; i < 100; i++ {
			c <- n*1000 + i
		}
	}()
	return c
}

func main() {
	var wg sync.WaitGroup
	a, b, c := produce(1, &wg), produce(2, &wg), produce(3, &wg)
	var all []int
	for a != nil || b != nil || c != nil {
		select {
		case v, ok := <-a:
			if !ok {
				a = nil
				continue
			}
			all = append(all, v)
		case v, ok := <-b:
			if !ok {
				b = nil
				continue
			}
			all = append(all, v)
		case v, ok := <-c:
			if !ok {
				c = nil
				continue
			}
			all = append(all, v)
		}
	}
	wg.Wait()
	sort.Ints(all)
	fmt.Println(len(all), all[0], all[len(all)-1])

	both := [2]int{}
	x, y := make(chan int, 1000), make(chan int, 1000)
	for i := 0; i < 1000; i++ {
		x <- i
		y <- i
	}
	for i := 0; i < 400; i++ {
		select {
		case <-x:
			both[0]++
		case <-y:
			both[1]++
		}
	}
	fmt.Println(both[0]+both[1], both[0] > 50, both[1] > 50)

	full := make(chan int, 1)
	for i := 0; i < 3; i++ {
		select {
		case full <- i:
			fmt.Println("sent", i)
		default:
			fmt.Println("full", i)
		}
	}
	quit := make(chan struct{})
	close(quit)
	select {
	case <-quit:
		fmt.Println("quit")
	case <-(chan int)(nil):
		fmt.Println("never")
	}
}
