// Files mapped shared: what memory, descriptors and other mappings see of one another, at a file's end, after truncation, without a name, and as code.
package main

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"unsafe"
)

const page = 4096

var sink byte

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func mapped(f *os.File, offset int64, length, prot int) []byte {
	data, err := syscall.Mmap(int(f.Fd()), offset, length, prot, syscall.MAP_SHARED)
	must(err)
	return data
}

const rw = syscall.PROT_READ | syscall.PROT_WRITE

// faults tells whether f touches what is not there.
func faults(f func()) (fault bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { fault = recover() != nil }()
	f()
	return
}

func sees(dir string) {
	f, err := os.Create(filepath.Join(dir, "sees"))
	must(err)
	must(f.Truncate(3 * page))
	a, b := mapped(f, 0, 3*page, rw), mapped(f, page, 2*page, rw)
	reader := mapped(f, 0, 3*page, syscall.PROT_READ)
	copy(a[page:], "through memory")
	got := make([]byte, 14)
	_, err = f.ReadAt(got, page)
	fmt.Printf("%s, %s, %s, %v\n", got, b[:14], reader[page:page+14], err)
	_, err = f.WriteAt([]byte("through a descriptor, over a border"), 2*page-9)
	fmt.Printf("%q %q %v\n", a[2*page-9:2*page+26], b[page-9:page+26], err)
	b[0] = 'T'
	fmt.Println(string(reader[page:page+7]), faults(func() { reader[0] = 1 }))
	fmt.Println("made writable:", syscall.Mprotect(reader, rw))
	r, err := os.Open(f.Name())
	must(err)
	_, err = syscall.Mmap(int(r.Fd()), 0, page, rw, syscall.MAP_SHARED)
	fmt.Println("opened for reading:", err)
	ro := mapped(r, 0, page, syscall.PROT_READ)
	fmt.Println(syscall.Mprotect(ro, rw))
	private, err := syscall.Mmap(int(r.Fd()), page, page, rw, syscall.MAP_PRIVATE)
	must(err)
	copy(private, "mine")
	fmt.Println(string(private[:7]), string(a[page:page+7]))
	must(syscall.Madvise(a, syscall.MADV_DONTNEED))
	fmt.Println(string(a[page : page+14]))
	must(syscall.Munmap(a))
	must(syscall.Munmap(b))
	whole, err := os.ReadFile(f.Name())
	fmt.Println(len(whole), crc32.ChecksumIEEE(whole), err)
}

func ends(dir string) {
	f, err := os.Create(filepath.Join(dir, "ends"))
	must(err)
	must(f.Truncate(page + 100))
	m := mapped(f, 0, 4*page, rw)
	m[page+99] = 7
	fmt.Println("beyond the end:", faults(func() { m[2*page] = 1 }), faults(func() { sink = m[3*page] }))
	must(f.Truncate(3 * page))
	m[2*page] = 9
	fmt.Println("grown:", m[page+99], m[2*page], faults(func() { m[3*page] = 1 }))
	must(f.Truncate(page + 50))
	fmt.Println("shrunk:", faults(func() { sink = m[2*page] }), m[page+99])
	must(f.Truncate(3 * page))
	fmt.Println("grown again:", m[2*page], m[page+99])
	longer, _, no := syscall.Syscall6(syscall.SYS_MREMAP, uintptr(unsafe.Pointer(&m[0])), 4*page, 8*page, 1, 0, 0)
	moved := unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&longer))), 8*page)
	must(f.Truncate(6 * page))
	moved[5*page] = 5
	var five [1]byte
	_, err = f.ReadAt(five[:], 5*page)
	fmt.Println("remapped:", no, five, err)
}

func nameless(dir string) {
	name := filepath.Join(dir, "nameless")
	f, err := os.Create(name)
	must(err)
	must(f.Truncate(page))
	m, again := mapped(f, 0, page, rw), mapped(f, 0, page, rw)
	must(f.Close())
	must(os.Remove(name))
	copy(m, "still here")
	must(syscall.Munmap(m))
	fmt.Println(string(again[:10]))
	must(syscall.Munmap(again))
	anonymous, err := syscall.Mmap(-1, 0, page, rw, syscall.MAP_SHARED|syscall.MAP_ANON)
	must(err)
	anonymous[0] = 1
	fmt.Println(anonymous[:3])
}

// code is written through one mapping and executed through another.
func code(dir string) {
	f, err := os.Create(filepath.Join(dir, "code"))
	must(err)
	must(f.Truncate(page))
	w, x := mapped(f, 0, page, rw), mapped(f, 0, page, syscall.PROT_READ|syscall.PROT_EXEC)
	entry := &x[0]
	closure := unsafe.Pointer(&entry)
	run := *(*func() int)(unsafe.Pointer(&closure))
	sum := 0
	for i := 0; i < 10_000; i++ {
		if i%1000 == 0 {
			copy(w, []byte{0xb8, byte(i / 1000), 0, 0, 0, 0xc3}) // MOVL $i/1000, AX; RET
		}
		sum += run()
	}
	if _, err := f.WriteAt([]byte{42}, 1); err != nil {
		panic(err)
	}
	fmt.Println(sum, run())
}

// mixture does the same at random to a file and to a slice.
func mixture(dir string) {
	f, err := os.Create(filepath.Join(dir, "mixture"))
	must(err)
	const size = 16 * page
	must(f.Truncate(size))
	state := uint32(1)
	random := func(n int) int {
		state = state*1664525 + 1013904223
		return int(state>>8) % n
	}
	model := make([]byte, size)
	type view struct {
		data []byte
		from int
	}
	var views []view
	for i := 0; i < 3000; i++ {
		from := random(size)
		length := random(min(size-from, 3*page)) + 1
		given := bytes.Repeat([]byte{byte(i)}, length)
		switch op := random(8); {
		case op == 0 && len(views) < 6:
			start := from / page * page
			views = append(views, view{mapped(f, int64(start), (length+page-1)/page*page, rw), start})
			if start+len(views[len(views)-1].data) > size {
				views[len(views)-1].data = views[len(views)-1].data[:size-start]
			}
		case op == 1 && len(views) > 3:
			which := random(len(views))
			data := views[which].data
			must(syscall.Munmap(data[:cap(data)]))
			views = append(views[:which], views[which+1:]...)
		case op == 2:
			_, err := f.WriteAt(given, int64(from))
			must(err)
			copy(model[from:], given)
		case op == 3:
			got := make([]byte, length)
			_, err := f.ReadAt(got, int64(from))
			must(err)
			if !bytes.Equal(got, model[from:from+length]) {
				panic(fmt.Sprint("read at step ", i))
			}
		case len(views) > 0:
			v := views[random(len(views))]
			at := random(len(v.data))
			n := copy(v.data[at:], given)
			copy(model[v.from+at:v.from+at+n], given)
			for _, other := range views {
				if !bytes.Equal(other.data, model[other.from:other.from+len(other.data)]) {
					panic(fmt.Sprint("mapping at step ", i))
				}
			}
		}
	}
	whole, err := os.ReadFile(f.Name())
	fmt.Println(bytes.Equal(whole, model), crc32.ChecksumIEEE(whole), err)
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func main() {
	dir, err := os.MkdirTemp("", "mappings")
	must(err)
	defer os.RemoveAll(dir)
	sees(dir)
	ends(dir)
	nameless(dir)
	code(dir)
	mixture(dir)
}
