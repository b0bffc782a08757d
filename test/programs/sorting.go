// Sorting, searching, heaps, lists, rings and the text of a small interpreter: plain computing with many branches.
package main

import (
	"container/heap"
	"container/list"
	"container/ring"
	"fmt"
	"sort"
	"strings"
)

type queue []struct {
	name string
	cost int
}

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].cost < q[j].cost }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x interface{}) {
	*q = append(*q, x.(struct {
		name string
		cost int
	}))
}
func (q *queue) Pop() interface{} {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

func main() {
	state := uint32(12345)
	next := func() int { state = state*1664525 + 1013904223; return int(state >> 8) }
	numbers := make([]int, 20_000)
	for i := range numbers {
		numbers[i] = next() % 10_000
	}
	stable := append([]int(nil), numbers...)
	sort.Ints(numbers)
	sort.SliceStable(stable, func(i, j int) bool { return stable[i]/100 < stable[j]/100 })
	fmt.Println(sort.IntsAreSorted(numbers), numbers[10], sort.SearchInts(numbers, 5000), stable[:5], stable[len(stable)-3:])
	words := strings.Fields("pear apple fig kiwi plum date lime")
	sort.Sort(sort.Reverse(sort.StringSlice(words)))
	fmt.Println(words)

	graph := map[string]map[string]int{"a": {"b": 7, "c": 3}, "b": {"d": 2}, "c": {"b": 1, "d": 8}, "d": {"e": 4}, "e": {}}
	distance := map[string]int{"a": 0}
	todo := &queue{{"a", 0}}
	for todo.Len() > 0 {
		at := heap.Pop(todo).(struct {
			name string
			cost int
		})
		for name, cost := range graph[at.name] {
			if old, seen := distance[name]; !seen || at.cost+cost < old {
				distance[name] = at.cost + cost
				heap.Push(todo, struct {
					name string
					cost int
				}{name, at.cost + cost})
			}
		}
	}
	fmt.Println(distance)
	l := list.New()
	for i := 0; i < 5; i++ {
		l.PushFront(i)
		l.MoveToBack(l.Front())
	}
	for e := l.Front(); e != nil; e = e.Next() {
		fmt.Print(e.Value, " ")
	}
	r := ring.New(4)
	for i := 0; i < 6; i++ {
		r.Value = i
		r = r.Next()
	}
	r.Do(func(v interface{}) { fmt.Print(v, " ") })
	fmt.Println()

	program, tape, at := "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++.", make([]byte, 100), 0
	for pc := 0; pc < len(program); pc++ {
		switch program[pc] {
		case '>':
			at++
		case '<':
			at--
		case '+':
			tape[at]++
		case '-':
			tape[at]--
		case '.':
			fmt.Printf("%c", tape[at])
		case '[', ']':
			if (program[pc] == '[') == (tape[at] == 0) {
				step := 1
				if program[pc] == ']' {
					step = -1
				}
				for depth := step; depth != 0; {
					pc += step
					if program[pc] == '[' {
						depth++
					} else if program[pc] == ']' {
						depth--
					}
				}
			}
		}
	}
	queens := 0
	var place func(row, columns, left, right int)
	place = func(row, columns, left, right int) {
		if row == 8 {
			queens++
			return
		}
		for free := 255 &^ (columns | left | right); free != 0; free &= free - 1 {
			bit := free & -free
			place(row+1, columns|bit, (left|bit)<<1&255, (right|bit)>>1)
		}
	}
	place(0, 0, 0, 0)
	fmt.Println(queens)
}
