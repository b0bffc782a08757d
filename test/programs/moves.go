// Copies within one slice, upwards and downwards, of every size at which the runtime's memmove goes another way; and between slices that lie 16 MiB apart.
package main

import (
	"fmt"
	"hash/crc32"
)

func main() {
	state := uint32(1)
	random := func(n int) int {
		state = state*1664525 + 1013904223
		return int(state>>8) % n
	}
	data := make([]byte, 70_000)
	for i := range data {
		data[i] = byte(random(256))
	}
	sizes := []int{1, 3, 4, 8, 15, 16, 31, 32, 33, 64, 127, 128, 255, 256, 257, 2047, 2048, 2049, 4096, 10_000, 65_536}
	for round := 0; round < 400; round++ {
		size := sizes[round%len(sizes)] + random(9)
		from := random(len(data) - size + 1)
		to := random(len(data) - size + 1)
		if round%3 > 0 { // near one another
			to = from + random(70) - 35
			if to < 0 || to+size > len(data) {
				to = from
			}
		}
		copy(data[to:to+size], data[from:from+size])
		if round%5 == 0 {
			part := data[to : to+size]
			for i := range part {
				part[i] = 0
			}
		}
	}
	fmt.Println(crc32.ChecksumIEEE(data))

	words := make([]uint64, 5000)
	for i := range words {
		words[i] = uint64(i) * 0x9e3779b97f4a7c15
	}
	for i := 0; i < 300; i++ { // as slices.Insert and slices.Delete do
		at := random(len(words) - 1)
		copy(words[at+1:], words[at:])
		at = random(len(words) - 1)
		copy(words[at:], words[at+1:])
	}
	sum := uint64(0)
	for i, word := range words {
		sum = sum*31 + word ^ uint64(i)
	}
	fmt.Printf("%x\n", sum)

	large := make([]byte, 33<<20)
	for i := 0; i < 1<<20; i++ {
		large[i] = byte(i * i >> 3)
	}
	for i := 0; i < 8; i++ {
		copy(large[16<<20:17<<20], large[:1<<20])
		copy(large[:1<<20], large[16<<20+i:])
	}
	fmt.Println(crc32.ChecksumIEEE(large))
}
