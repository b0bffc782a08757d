// gzip, flate, zlib, lzw, bzip2-free round trips through pipes, binary encodings, CSV, XML, gob and hex dumps.
package main

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/lzw"
	"compress/zlib"
	"encoding/binary"
	"encoding/csv"
	"encoding/gob"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strings"
)

type record struct {
	XMLName xml.Name `xml:"record"`
	ID      int      `xml:"id,attr"`
	Tags    []string `xml:"tags>tag"`
}

func main() {
	var text bytes.Buffer
	for i := 0; i < 3000; i++ {
		fmt.Fprintf(&text, "%d bottles of %s on the wall %x\n", i, strings.Repeat("beer ", i%4), i*i)
	}
	pack := map[string]func(io.Writer) io.WriteCloser{
		"gzip":  func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"flate": func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 9); return f },
		"zlib":  func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		"lzw":   func(w io.Writer) io.WriteCloser { return lzw.NewWriter(w, lzw.LSB, 8) },
	}
	unpack := map[string]func(io.Reader) io.Reader{
		"gzip":  func(r io.Reader) io.Reader { g, _ := gzip.NewReader(r); return g },
		"flate": func(r io.Reader) io.Reader { return flate.NewReader(r) },
		"zlib":  func(r io.Reader) io.Reader { z, _ := zlib.NewReader(r); return z },
		"lzw":   func(r io.Reader) io.Reader { return lzw.NewReader(r, lzw.LSB, 8) },
	}
	for _, name := range []string{"gzip", "flate", "zlib", "lzw"} {
		reader, writer := io.Pipe()
		go func() {
			packer := pack[name](writer)
			io.Copy(packer, bytes.NewReader(text.Bytes()))
			packer.Close()
			writer.Close()
		}()
		var packed bytes.Buffer
		io.Copy(&packed, reader)
		plain, err := io.ReadAll(unpack[name](bytes.NewReader(packed.Bytes())))
		fmt.Println(name, text.Len(), packed.Len() < text.Len()/2, crc32.ChecksumIEEE(plain) == crc32.ChecksumIEEE(text.Bytes()), err)
	}

	var encoded bytes.Buffer
	binary.Write(&encoded, binary.BigEndian, struct {
		A uint16
		B int32
		C [3]uint8
		D float64
	}{1, -2, [3]uint8{3, 4, 5}, 6.5})
	fmt.Print(hex.Dump(encoded.Bytes()), binary.PutUvarint(make([]byte, 10), 1<<40), "\n")

	encoded.Reset()
	in := map[string][]float64{"a": {1, 2.5}, "b": nil, "c": {-1e9}}
	gob.NewEncoder(&encoded).Encode(in)
	out := map[string][]float64{}
	fmt.Println(gob.NewDecoder(&encoded).Decode(&out), out)

	data, err := xml.Marshal(record{ID: 7, Tags: []string{"x", "<y>"}})
	fmt.Println(string(data), err)
	var back record
	fmt.Println(xml.Unmarshal(data, &back), back.ID, back.Tags)
	rows, err := csv.NewReader(strings.NewReader("a,\"b,\"\"c\"\"\",d\n1,2,3\n")).ReadAll()
	fmt.Println(rows, err)
	csv.NewWriter(os.Stdout).WriteAll(rows)
}
