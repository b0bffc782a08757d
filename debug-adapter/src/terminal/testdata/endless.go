// Values that hold themselves: a channel sent into itself, a slice that is its own element, a map in itself, a long chain of channels.
package main

import "fmt"

type channel chan channel
type slice []slice
type table map[string]table
type closure func(int) closure

func main() {
	ch := make(channel, 2)
	ch <- ch
	sl := slice{nil, {}, {{}, nil}}
	sl[0] = sl
	sl[1] = sl
	m := table{}
	m["self"] = m
	var anys []interface{}
	anys = append(anys, ch, sl, m)
	anys[2] = anys
	chain := make(channel, 1)
	for i := 0; i < 10_000; i++ {
		next := make(channel, 1)
		next <- chain
		chain = next
	}
	var fn closure
	fn = func(int) closure { return fn }
	other := 5
	fmt.Println(len(ch), len(sl), len(m), len(anys), len(chain), fn != nil, other) // end
}
