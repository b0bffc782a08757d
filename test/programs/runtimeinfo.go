// What the runtime tells about itself: callers, stack traces, build information, reflection and unsafe layouts.
package main

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"unsafe"
)

type inner struct {
	A int8
	B int64
	C string `tag:"c"`
}
type outer struct {
	inner
	D []inner
	E map[string]*inner
	f func(int, ...string) error
}

func (o outer) Method(n int) string  { return fmt.Sprint("method ", n, o.A) }
func (o *outer) Pointer(s ...string) {}

//go:noinline
func where(skip int) string {
	_, file, line, ok := runtime.Caller(skip)
	return fmt.Sprint(file[strings.LastIndexByte(file, '/')+1:], ":", line, ok)
}

func main() {
	fmt.Println(where(0), where(1))
	pcs := make([]uintptr, 10)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for {
		frame, more := frames.Next()
		fmt.Println(frame.Function)
		if !more {
			break
		}
	}
	buffer := make([]byte, 4096)
	text := string(buffer[:runtime.Stack(buffer, false)])
	fmt.Println(strings.HasPrefix(text, "goroutine 1 [running]:"), strings.Contains(text, "main.main()"))
	done := make(chan string)
	go func() { done <- runtime.FuncForPC(reflect.ValueOf(where).Pointer()).Name() }()
	fmt.Println(<-done)

	value := outer{inner: inner{1, 2, "three"}, D: []inner{{}, {B: 5}}}
	kind := reflect.TypeOf(value)
	for i := 0; i < kind.NumField(); i++ {
		field := kind.Field(i)
		fmt.Println(field.Name, field.Type, field.Offset, field.Anonymous, field.Type.Size())
	}
	fmt.Println(kind.NumMethod(), reflect.TypeOf(&value).NumMethod(), reflect.ValueOf(value).MethodByName("Method").Call([]reflect.Value{reflect.ValueOf(9)})[0])
	changed := reflect.ValueOf(&value).Elem()
	changed.Field(1).Index(1).Field(2).SetString("set")
	fmt.Printf("%+v %v\n", value.D, reflect.DeepEqual(value, value))
	made := reflect.MakeFunc(reflect.TypeOf(func(int, int) int { return 0 }), func(args []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(int(args[0].Int() * args[1].Int()))}
	}).Interface().(func(int, int) int)
	fmt.Println(made(6, 7), unsafe.Sizeof(value), unsafe.Offsetof(value.C), *(*int64)(unsafe.Pointer(uintptr(unsafe.Pointer(&value)) + 8)))
	slice := reflect.MakeSlice(reflect.SliceOf(reflect.TypeOf("")), 0, 2)
	fmt.Println(reflect.Append(slice, reflect.ValueOf("x")), reflect.Zero(kind).Field(0))
	fmt.Println(strings.HasPrefix(runtime.Version(), "go1.") || strings.HasPrefix(runtime.Version(), "devel"), runtime.Compiler)
}
