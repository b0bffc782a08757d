// Compression with assembly kernels: zstd, s2, deflate, lz4.
package main

import (
	"bytes"
	"fmt"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"hash/crc32"
	"io"
)

func main() {
	var src bytes.Buffer
	x := uint32(1)
	for i := 0; i < 200000; i++ {
		x = x*1664525 + 1013904223
		src.WriteByte("abcdefgh   \n"[x>>24%12%12])
	}
	e, _ := zstd.NewWriter(nil)
	c := e.EncodeAll(src.Bytes(), nil)
	d, _ := zstd.NewReader(nil)
	b, err := d.DecodeAll(c, nil)
	fmt.Println(len(c), crc32.ChecksumIEEE(c), bytes.Equal(b, src.Bytes()), err)
	s := s2.Encode(nil, src.Bytes())
	t, err := s2.Decode(nil, s)
	fmt.Println(len(s), crc32.ChecksumIEEE(s), bytes.Equal(t, src.Bytes()), err)
	var f bytes.Buffer
	w, _ := flate.NewWriter(&f, 6)
	w.Write(src.Bytes())
	w.Close()
	fmt.Println(f.Len(), crc32.ChecksumIEEE(f.Bytes()))
	r, _ := io.ReadAll(flate.NewReader(&f))
	fmt.Println(bytes.Equal(r, src.Bytes()))
	var l bytes.Buffer
	lw := lz4.NewWriter(&l)
	lw.Write(src.Bytes())
	lw.Close()
	fmt.Println(l.Len())
	lr, _ := io.ReadAll(lz4.NewReader(&l))
	fmt.Println(bytes.Equal(lr, src.Bytes()))
}
