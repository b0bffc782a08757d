// What fmt makes of one value with every verb, flag, width and precision: one line of JSON per value and verb, [kind, value, verb, results…],
// in the order of formats(). Values that JSON has no number for are texts.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
)

func formats(verb string) []string {
	var all []string
	for flags := 0; flags < 32; flags++ {
		var text string
		for i, flag := range "+-# 0" {
			if flags>>i&1 == 1 {
				text += string(flag)
			}
		}
		for _, size := range []string{"", "14", ".", ".3", "30.20"} {
			all = append(all, "%"+text+size+verb)
		}
	}
	return all
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	put := func(kind, value, verb string, arg any) {
		line := []string{kind, value, verb}
		for _, format := range formats(verb) {
			line = append(line, fmt.Sprintf(format, arg))
		}
		encoder.Encode(line)
	}
	floats := []float64{0, math.Copysign(0, -1), 1, 0.5, 2.5, -0.1, 999999.5, 1e21, 123456789, 1e-4, 1.25e-5, 1.005, math.MaxFloat64, 5e-324, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, verb := range []string{"v", "d", "s", "q", "x", "X", "f", "F", "e", "g", "G", "b", "t", "c", "U", "o", "O", "T", "世", "%", ""} {
		for _, n := range []int64{0, -128, 8, '\\', '\'', 0xe9, 0xad, 0x1f600, 0xd800, 0x10ffff, 0x110000, math.MinInt64} {
			put("int", strconv.FormatInt(n, 10), verb, n)
		}
		for _, n := range []uint64{0, 7, 255, math.MaxUint64} {
			put("uint", strconv.FormatUint(n, 10), verb, n)
		}
		for _, x := range floats {
			put("float", strconv.FormatFloat(x, 'g', -1, 64), verb, x)
		}
		for i, x := range floats[:9] {
			y := floats[(i*7+3)%len(floats)]
			put("complex", strconv.FormatFloat(x, 'g', -1, 64)+" "+strconv.FormatFloat(y, 'g', -1, 64), verb, complex(x, y))
		}
		for _, b := range []bool{false, true} {
			put("bool", strconv.FormatBool(b), verb, b)
		}
		for _, s := range []string{"", "a", "some words", "é世😀", "tab\tquote\"back`\n", "\x00\x7f\u00ad", "no \xff text \xe4\xb8"} {
			put("string", hex.EncodeToString([]byte(s)), verb, s)
		}
	}
	for _, format := range []string{"%v%v", "%[1]d", "%[2]d", "%[1]5d", "%5[1]d", "%*d", "%.*d", "%*.*d", "%*", "%%", "x%dy", "none", "%5%", "%d%%", "%[1]v %[1]T", "%[x]d", "%-0+5d",
		"%9999999999d", "%-9999999999d and more", "%.9999999999f", "x%10000010d %d", "%.10000010d", "%.000000000012d", "%[1]99999999999d", "%5.99999999999d", "%1000001d", "%*.99999999999d"} {
		encoder.Encode([]string{"format", "7", format, fmt.Sprintf(format, int64(7))})
	}
}
