// Maps of many key types, growth while being changed, deletion during iteration, NaN keys, and concurrent sync.Map use.
package main

import (
	"fmt"
	"math"
	"sort"
	"sync"
)

type key struct {
	a int32
	b string
	c interface{}
}

func main() {
	ints := map[int]int{}
	for i := 0; i < 50_000; i++ {
		ints[i*7919%65_537] += i
	}
	sum := 0
	for k, v := range ints {
		if k%3 == 0 {
			delete(ints, k)
		} else {
			sum += k ^ v
		}
	}
	fmt.Println(len(ints), sum)
	structs := map[key]int{}
	for i := 0; i < 5000; i++ {
		structs[key{int32(i % 100), fmt.Sprint(i % 50), i % 20}]++
	}
	fmt.Println(len(structs), structs[key{7, "7", 7}])
	strs := map[string][]byte{}
	for i := 0; i < 3000; i++ {
		name := fmt.Sprintf("%0*d", i%40+1, i)
		strs[name] = append(strs[name], byte(i))
	}
	names := make([]string, 0, len(strs))
	for name := range strs {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Println(len(names), names[0], names[len(names)/2], names[len(names)-1])
	odd := map[interface{}]string{1: "int", int8(1): "int8", 1.0: "float", "1": "string", [2]int{1, 2}: "array", true: "bool"}
	odd[math.NaN()], odd[math.NaN()] = "nan", "other nan"
	_, found := odd[math.NaN()]
	fmt.Println(len(odd), odd[1], odd[int8(1)], odd[1.0], odd["1"], odd[[2]int{1, 2}], found)
	func() {
		defer func() { fmt.Println(recover()) }()
		odd[[]int{1}] = "slice"
	}()
	var shared sync.Map
	var wg sync.WaitGroup
	for g := 0; g < 6; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			for i := 0; i < 500; i++ {
				shared.LoadOrStore(i%100, g)
				if i%10 == g {
					shared.Delete(i % 100)
				}
			}
			for i := 0; i < 100; i++ {
				shared.Store(i, i*i)
			}
		}(g)
	}
	wg.Wait()
	total := 0
	shared.Range(func(k, v interface{}) bool { total += v.(int); return true })
	fmt.Println(total)
	fmt.Println(map[string]int{"z": 1, "a": 2, "m": 3})
}
