// Files in memory below os: holes and where data is, room given before it is needed, names that change places, files without a name.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"unsafe"
)

const (
	seekData, seekHole       = 3, 4
	keepSize, punchHole      = 1, 2
	noReplace, exchange      = 1, 2
	oTmpfile, oPath          = 0x410000, 0x200000
	sysRenameat2, atFdcwd    = 316, -100
	atSymlinkFollow, oExcl   = 0x400, syscall.O_EXCL
	fGetSeals, unknownRename = 1034, 8
)

func errno(err error) string {
	var no syscall.Errno
	if errors.As(err, &no) {
		return fmt.Sprintf("errno %d", int(no))
	}
	return fmt.Sprint(err)
}

func pointer(s string) uintptr {
	p, err := syscall.BytePtrFromString(s)
	check(err)
	kept = append(kept, p)
	return uintptr(unsafe.Pointer(p))
}

var kept []*byte

func rename(from, to string, flags uintptr) string {
	at := atFdcwd
	_, _, no := syscall.Syscall6(sysRenameat2, uintptr(at), pointer(from), uintptr(at), pointer(to), flags, 0)
	if no != 0 {
		return errno(no)
	}
	return "done"
}

func link(from, to string, flags uintptr) string {
	at := atFdcwd
	_, _, no := syscall.Syscall6(syscall.SYS_LINKAT, uintptr(at), pointer(from), uintptr(at), pointer(to), flags, 0)
	if no != 0 {
		return errno(no)
	}
	return "done"
}

func seek(f *os.File, at int64, whence int) string {
	to, err := syscall.Seek(int(f.Fd()), at, whence)
	if err != nil {
		return errno(err)
	}
	return fmt.Sprint(to)
}

func blocks(f *os.File) int64 {
	var st syscall.Stat_t
	check(syscall.Fstat(int(f.Fd()), &st))
	return st.Blocks
}

func tree(dir string) string {
	var lines []string
	check(filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		rel, _ := filepath.Rel(dir, path)
		s := rel
		if info.Mode().IsRegular() {
			data, _ := os.ReadFile(path)
			s += "=" + string(data)
		} else if info.IsDir() {
			s += fmt.Sprintf("/%d", info.Sys().(*syscall.Stat_t).Nlink)
		}
		lines = append(lines, s)
		return nil
	}))
	sort.Strings(lines)
	return strings.Join(lines, " ")
}

func main() {
	dir, err := os.MkdirTemp("/dev/shm", "gobuf-sparse-")
	check(err)
	defer os.RemoveAll(dir)
	check(os.Chdir(dir))

	fmt.Println("-- holes")
	f, err := os.Create("holes")
	check(err)
	f.WriteAt([]byte("x"), 1<<20)
	f.WriteAt(make([]byte, 5000), 200_000)
	for _, at := range []int64{0, 100, 196_607, 196_608, 200_000, 204_799, 206_000, 208_896, 1<<20 - 1, 1 << 20, 1<<20 + 1, -1} {
		fmt.Println(at, seek(f, at, seekData), seek(f, at, seekHole))
	}
	fmt.Println(seek(f, 0, 1), blocks(f))
	fmt.Println("punched", errno(syscall.Fallocate(int(f.Fd()), punchHole|keepSize, 200_000, 6000)), seek(f, 0, seekData), seek(f, 196_608, seekHole), blocks(f))
	fmt.Println("more", errno(syscall.Fallocate(int(f.Fd()), punchHole|keepSize, 196_608, 4096*3)), seek(f, 0, seekData), blocks(f))
	fmt.Println("the last", errno(syscall.Fallocate(int(f.Fd()), punchHole|keepSize, 1<<20, 1<<30)), seek(f, 0, seekData), seek(f, 0, seekHole), blocks(f))
	info, _ := f.Stat()
	fmt.Println(info.Size())
	f.WriteAt([]byte("0123456789"), 4090)
	fmt.Println(errno(syscall.Fallocate(int(f.Fd()), punchHole|keepSize, 4092, 6)))
	text := make([]byte, 12)
	f.ReadAt(text, 4089)
	fmt.Printf("%q %d\n", text, blocks(f))
	mapped, err := syscall.Mmap(int(f.Fd()), 0, 8192, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	check(err)
	copy(mapped[4086:], "mapped text")
	fmt.Println(errno(syscall.Fallocate(int(f.Fd()), punchHole|keepSize, 4088, 4)))
	fmt.Printf("%q\n", mapped[4086:4097])
	check(syscall.Munmap(mapped))
	check(f.Truncate(5000))
	fmt.Println("cut", blocks(f), seek(f, 0, seekHole), seek(f, 4999, seekData), seek(f, 4999, seekHole))
	check(f.Truncate(50_000))
	fmt.Println("grown", blocks(f), seek(f, 4999, seekHole), seek(f, 20_000, seekData))

	fmt.Println("-- room")
	g, err := os.Create("room")
	check(err)
	fmt.Println(errno(syscall.Fallocate(int(g.Fd()), keepSize, 0, 10_000)), blocks(g), seek(g, 0, 2), errno(syscall.Fallocate(int(g.Fd()), 0, 8192, 10_000)), blocks(g), seek(g, 0, 2))
	g.WriteAt(make([]byte, 9000), 4096)
	fmt.Println(blocks(g), seek(g, 0, seekData), seek(g, 4096, seekHole))
	for _, bad := range [][3]int64{{punchHole, 0, 10}, {keepSize, 0, 0}, {keepSize, -1, 10}, {0x40, 0, 10}, {punchHole | keepSize, 0, -1}} {
		fmt.Print(errno(syscall.Fallocate(int(g.Fd()), uint32(bad[0]), bad[1], bad[2])), " ")
	}
	read, _ := os.Open("room")
	fmt.Println(errno(syscall.Fallocate(int(read.Fd()), punchHole|keepSize, 0, 10)))
	seals, _, no := syscall.Syscall(syscall.SYS_FCNTL, g.Fd(), fGetSeals, 0)
	fmt.Println("seals", seals, int(no))

	fmt.Println("-- names")
	check(os.Mkdir("n", 0o700))
	check(os.Chdir("n"))
	check(os.WriteFile("a", []byte("1"), 0o600))
	check(os.WriteFile("b", []byte("2"), 0o600))
	check(os.MkdirAll("d/e", 0o700))
	check(os.WriteFile("d/e/c", []byte("3"), 0o600))
	open, err := os.Open("d/e")
	check(err)
	fmt.Println(rename("a", "b", exchange), rename("a", "b", noReplace), rename("a", "b", noReplace|exchange), rename("a", "none", exchange), rename("none", "a", exchange), rename("a", "b", unknownRename), tree("."))
	fmt.Println(rename("a", "d/e", exchange), tree("."))
	names, err := open.Readdirnames(-1)
	fmt.Println(names, err, rename("a", "a/x", exchange), rename("a/c", "a", exchange), rename("a/", "d/e", exchange), rename("a", "d/e/", exchange), rename("a", "a", exchange))
	check(os.Link("b", "d/b2"))
	fmt.Println(rename("b", "d/b2", exchange), rename("a", "d", exchange), tree("."))
	check(os.Chdir("a"))
	fmt.Println(rename("../a", "../d", exchange))
	wd, _ := os.Getwd()
	fmt.Println(strings.TrimPrefix(wd, dir))
	check(os.Chdir(dir))

	fmt.Println("-- no name")
	proc := func(fd int) string { return fmt.Sprintf("/proc/self/fd/%d", fd) }
	fd, err := syscall.Open(".", oTmpfile|os.O_RDWR, 0o600)
	check(err)
	syscall.Write(fd, []byte("named later"))
	fmt.Println(link(proc(fd), "linked", atSymlinkFollow), link(proc(fd), "linked", atSymlinkFollow), link(proc(fd), "again", atSymlinkFollow))
	data, err := os.ReadFile("linked")
	fmt.Println(string(data), err)
	var st syscall.Stat_t
	check(syscall.Fstat(fd, &st))
	fmt.Println(st.Nlink)
	check(os.Remove("linked"))
	check(os.Remove("again"))
	fmt.Println(link(proc(fd), "linked", atSymlinkFollow))
	fd, err = syscall.Open(".", oTmpfile|os.O_RDWR|oExcl, 0o600)
	check(err)
	fmt.Println(link(proc(fd), "linked", atSymlinkFollow), link(proc(fd), "linked", 0), link(proc(999), "linked", atSymlinkFollow))
	h, err := os.Create("gone")
	check(err)
	check(os.Remove("gone"))
	here, err := os.Open(".")
	check(err)
	fmt.Println(link(proc(int(h.Fd())), "linked", atSymlinkFollow), link(proc(int(here.Fd())), "linked", atSymlinkFollow), link(proc(int(g.Fd())), "linked", atSymlinkFollow))
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		panic(err)
	}
}
