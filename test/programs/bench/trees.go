// Allocation and garbage collection: N rounds of building binary trees of depths 4 to 14 and summing them, beside one tree of depth 16 that lives on.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type node struct{ left, right *node }

func build(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{build(depth - 1), build(depth - 1)}
}

func (n *node) sum() int {
	if n.left == nil {
		return 1
	}
	return 1 + n.left.sum() + n.right.sum()
}

func main() {
	rounds := 60
	if len(os.Args) > 1 {
		rounds, _ = strconv.Atoi(os.Args[1])
	}
	lasting, total := build(16), 0
	for r := 0; r < rounds; r++ {
		for depth := 4; depth <= 14; depth += 2 {
			total += build(depth).sum()
		}
	}
	fmt.Println(total, lasting.sum())
}
