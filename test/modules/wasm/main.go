// wazero: machine code that is made while the program runs.
package main

import (
	"context"
	"fmt"
	"github.com/tetratelabs/wazero"
)

var code = []byte{0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f, 3, 2, 1, 0, 7, 7, 1, 3, 'f', 'i', 'b', 0, 0, 10, 30, 1, 28, 0, 0x20, 0, 0x41, 2, 0x48, 4, 0x7f, 0x20, 0, 5, 0x20, 0, 0x41, 1, 0x6b, 0x10, 0, 0x20, 0, 0x41, 2, 0x6b, 0x10, 0, 0x6a, 0x0b, 0x0b}

func main() {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	m, err := r.Instantiate(ctx, code)
	if err != nil {
		panic(err)
	}
	v, err := m.ExportedFunction("fib").Call(ctx, 22)
	fmt.Println(v, err)
}
