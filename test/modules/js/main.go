// Three interpreters: goja, starlark, gopher-lua.
package main

import (
	"fmt"
	"github.com/dop251/goja"
	lua "github.com/yuin/gopher-lua"
	"go.starlark.net/starlark"
)

func main() {
	vm := goja.New()
	v, err := vm.RunString(`var a=[];for(var i=0;i<2000;i++)a.push(i*i%97);a.sort().join('').length+JSON.stringify({x:a.slice(0,5)})`)
	fmt.Println(v, err)
	g, err := starlark.ExecFile(&starlark.Thread{Name: "x"}, "a.star", "def f(n):\n  return [x*x for x in range(n)]\ny=f(10)", nil)
	fmt.Println(g["y"], err)
	L := lua.NewState()
	defer L.Close()
	fmt.Println(L.DoString(`local t={} for i=1,1000 do t[#t+1]=i%7 end table.sort(t) print(#t,t[1],t[1000],string.rep("x",3))`))
}
