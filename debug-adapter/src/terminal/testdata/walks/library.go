// Values that go through the library: encoding, reflection, unsafe, large arrays.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math/bits"
	"reflect"
	"strconv"
	"strings"
	"unsafe"
)

type header struct {
	Magic uint32 `json:"magic"`
	Len   uint16 `json:"len"`
	Kind  int8   `json:"kind"`
}
type doc struct {
	Name string            `json:"name"`
	Tags []string          `json:"tags"`
	Meta map[string]string `json:"meta"`
	H    *header           `json:"h"`
}

func hash(b []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range b {
		h ^= uint32(c)
		h *= 16777619
	}
	return h
}

func sort3(a, b, c int) (int, int, int) {
	if a > b {
		a, b = b, a
	}
	if b > c {
		b, c = c, b
	}
	if a > b {
		a, b = b, a
	}
	return a, b, c
}

func fields(v interface{}) (out []string) {
	t := reflect.TypeOf(v)
	rv := reflect.ValueOf(v)
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		out = append(out, f.Name+"="+fmt.Sprint(rv.Field(i).Interface()))
	}
	return
}

func matrix(n int) (m [][]float64, trace float64) {
	m = make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range m[i] {
			m[i][j] = float64(i*n+j) / 2
		}
		trace += m[i][i]
	}
	return
}

func main() {
	var buf bytes.Buffer
	h := header{0xcafebabe, 12, -3}
	binary.Write(&buf, binary.BigEndian, h)
	raw := buf.Bytes()
	sum := hash(raw)
	crc := crc32.ChecksumIEEE(raw)
	x, y, z := sort3(9, 3, 5)
	fs := fields(h)
	m, tr := matrix(3)
	d := doc{"n", []string{"a", "b"}, map[string]string{"k": "v"}, &h}
	js, err := json.Marshal(d)
	var back doc
	err2 := json.Unmarshal(js, &back)
	p := (*[4]byte)(unsafe.Pointer(&h.Magic))
	first := p[0]
	lead := bits.LeadingZeros64(uint64(sum))
	num, perr := strconv.ParseInt("zz", 36, 64)
	var sb strings.Builder
	for i := 0; i < 3; i++ {
		sb.WriteString(strconv.Itoa(i))
	}
	big := [1000]int{5: 1, 999: 2}
	fmt.Println(sum, crc, x, y, z, fs, m, tr, string(js), err, err2, back.H.Len, first, lead, num, perr, sb.String(), big[5]+big[999])
}
