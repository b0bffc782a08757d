// Locks and seals: flock, record locks of the process and of open file descriptions, and what seals of a memfd forbid.
package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"
)

const (
	ofdGetlk, ofdSetlk, ofdSetlkw = 36, 37, 38
	addSeals, getSeals            = 1033, 1034
	memfdCreate                   = 319
)

func errno(err error) string {
	var no syscall.Errno
	if errors.As(err, &no) {
		return fmt.Sprintf("errno %d", int(no))
	}
	return fmt.Sprint(err)
}

func fcntl(fd int, command, argument uintptr) (int, error) {
	v, _, no := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), command, argument)
	if no != 0 {
		return -1, no
	}
	return int(v), nil
}

func lock(fd int, command uintptr, kind int16, whence int16, start, length int64) string {
	l := syscall.Flock_t{Type: kind, Whence: whence, Start: start, Len: length}
	_, err := fcntl(fd, command, uintptr(unsafe.Pointer(&l)))
	if err != nil {
		return errno(err)
	}
	if command == ofdGetlk || command == syscall.F_GETLK {
		if l.Pid == int32(os.Getpid()) {
			l.Pid = 1
		}
		return fmt.Sprint(l)
	}
	return "done"
}

func open(name string, flags int) int {
	fd, err := syscall.Open(name, flags, 0o600)
	check(err)
	return fd
}

func main() {
	dir, err := os.MkdirTemp("/tmp", "gobuf-locks-")
	check(err)
	defer os.RemoveAll(dir)
	check(os.Chdir(dir))
	const R, W, U = syscall.F_RDLCK, syscall.F_WRLCK, syscall.F_UNLCK

	fmt.Println("-- open file descriptions")
	a, b, reader, writer := open("f", os.O_RDWR|os.O_CREATE), open("f", os.O_RDWR), open("f", os.O_RDONLY), open("f", os.O_WRONLY)
	fmt.Println(lock(a, ofdSetlk, W, 0, 0, 10), lock(b, ofdSetlk, W, 0, 5, 10), lock(b, ofdSetlk, R, 0, 9, 1), lock(b, ofdSetlk, W, 0, 10, 10), lock(b, ofdGetlk, R, 0, 0, 0), lock(a, ofdGetlk, R, 0, 0, 0))
	fmt.Println(lock(a, ofdSetlk, U, 0, 3, 4), lock(b, ofdGetlk, W, 0, 3, 4), lock(b, ofdGetlk, W, 0, 4, 0), lock(b, ofdGetlk, W, 0, 0, 0))
	fmt.Println(lock(reader, ofdSetlk, W, 0, 50, 1), lock(writer, ofdSetlk, R, 0, 50, 1), lock(reader, ofdSetlk, R, 0, 50, 1), lock(writer, ofdSetlk, W, 0, 50, 1))
	dup, _ := syscall.Dup(a)
	syscall.Close(a)
	fmt.Println("held by a copy", lock(b, ofdSetlk, W, 0, 0, 1))
	syscall.Close(dup)
	fmt.Println("let go", lock(b, ofdSetlk, W, 0, 0, 5))
	fmt.Println("joined", lock(b, ofdSetlk, W, 0, 5, 5), lock(writer, ofdGetlk, W, 0, 0, 20))
	a = open("f", os.O_RDWR)
	done := make(chan string)
	go func() { done <- lock(a, ofdSetlkw, W, 0, 0, 10) }()
	time.Sleep(20 * time.Millisecond)
	fmt.Println(lock(b, ofdSetlk, U, 0, 0, 0), <-done)
	fmt.Println("to the end", lock(b, ofdSetlk, R, 0, 100, 0), lock(a, ofdGetlk, W, 0, 1<<40, 5))
	syscall.Write(b, make([]byte, 40))
	fmt.Println("from where", lock(b, ofdSetlk, W, 1, -10, 10), lock(a, ofdGetlk, W, 2, -10, 0), lock(b, ofdSetlk, W, 0, 90, -5), lock(a, ofdGetlk, W, 0, 80, 20))
	fmt.Println("minded", lock(b, ofdSetlk, 7, 0, 0, 0), lock(b, ofdSetlk, W, 9, 0, 0), lock(b, ofdSetlk, W, 0, -1, 0), lock(b, ofdSetlk, W, 1, -100, 0), lock(b, ofdSetlk, W, 0, 3, -5), lock(b, ofdSetlk, W, 0, 1<<62, 1<<62), lock(b, ofdSetlk, W, 0, 1<<62, 1<<62+1), lock(999, ofdSetlk, W, 0, 0, 0), lock(b, ofdSetlk, U, 0, 1<<62, 1<<62))
	l := syscall.Flock_t{Type: W, Pid: 5}
	_, err = fcntl(b, ofdSetlk, uintptr(unsafe.Pointer(&l)))
	fmt.Println(errno(err))
	_, err = fcntl(b, ofdSetlk, 8)
	fmt.Println(errno(err))

	fmt.Println("-- of the process")
	c, d := open("g", os.O_RDWR|os.O_CREATE), open("g", os.O_RDWR)
	fmt.Println(lock(c, syscall.F_SETLK, W, 0, 0, 0), lock(d, syscall.F_SETLK, W, 0, 0, 0), lock(d, syscall.F_GETLK, W, 0, 0, 0))
	fmt.Println("against descriptions", lock(d, ofdSetlk, W, 0, 0, 1), lock(d, ofdGetlk, W, 0, 0, 1), lock(c, ofdSetlk, R, 0, 0, 1))
	syscall.Close(open("g", os.O_RDONLY))
	fmt.Println("gone with any close", lock(d, ofdSetlk, W, 0, 0, 1), lock(c, syscall.F_SETLK, R, 0, 0, 4), lock(c, syscall.F_GETLK, R, 0, 0, 4))
	ro := open("g", os.O_RDONLY)
	fmt.Println(lock(ro, syscall.F_SETLK, W, 0, 9, 1), lock(c, syscall.F_SETLK, 3, 0, 0, 0), lock(c, syscall.F_GETLK, U, 0, 0, 0))

	fmt.Println("-- flock")
	check(os.Mkdir("sub", 0o700))
	e := open("h", os.O_RDWR|os.O_CREATE)
	check(os.Link("h", "sub/h2"))
	f := open("sub/h2", os.O_RDONLY)
	flock := func(fd, how int) string { return errno(syscall.Flock(fd, how|syscall.LOCK_NB)) }
	fmt.Println(flock(e, syscall.LOCK_EX), flock(f, syscall.LOCK_EX), flock(f, syscall.LOCK_SH), flock(e, syscall.LOCK_SH), flock(f, syscall.LOCK_SH))
	fmt.Println("upgrade", flock(e, syscall.LOCK_EX), flock(f, syscall.LOCK_EX))
	fmt.Println(flock(f, syscall.LOCK_UN), flock(e, syscall.LOCK_EX), flock(e, 3), flock(999, syscall.LOCK_EX))
	check(os.Rename("h", "i"))
	again, fresh := open("i", os.O_RDWR), open("h", os.O_RDWR|os.O_CREATE)
	fmt.Println("by file, not by name", flock(again, syscall.LOCK_SH), flock(fresh, syscall.LOCK_EX))

	fmt.Println("-- seals")
	name := []byte("sealed\x00")
	memfd := func(flags uintptr) int {
		fd, _, no := syscall.Syscall(memfdCreate, uintptr(unsafe.Pointer(&name[0])), flags, 0)
		if no != 0 {
			panic(no)
		}
		return int(fd)
	}
	seal := func(fd int, seals uintptr) string {
		_, err := fcntl(fd, addSeals, seals)
		v, err2 := fcntl(fd, getSeals, 0)
		return fmt.Sprint(errno(err), " ", v, " ", errno(err2))
	}
	fmt.Println(seal(memfd(0), 2))
	fd := memfd(2)
	syscall.Write(fd, []byte("0123456789"))
	fmt.Println("none", seal(fd, 0), seal(fd, 0x8000))
	fmt.Println("shrink", seal(fd, 2), errno(syscall.Ftruncate(fd, 5)), errno(syscall.Ftruncate(fd, 20)))
	fmt.Println("grow", seal(fd, 4), errno(syscall.Ftruncate(fd, 30)), errno(syscall.Ftruncate(fd, 20)))
	n, err := syscall.Pwrite(fd, []byte("xyz"), 18)
	m, err2 := syscall.Pwrite(fd, []byte("xyz"), 17)
	fmt.Println(n, errno(err), m, errno(err2), errno(syscall.Fallocate(fd, 0, 0, 30)), errno(syscall.Fallocate(fd, 0, 0, 20)))
	shared, err := syscall.Mmap(fd, 0, 20, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	check(err)
	fmt.Println("mapped", seal(fd, 8))
	check(syscall.Munmap(shared))
	fmt.Println("write", seal(fd, 8))
	n, err = syscall.Pwrite(fd, []byte("x"), 0)
	_, err2 = syscall.Mmap(fd, 0, 20, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	fmt.Println(n, errno(err), errno(err2), errno(syscall.Fallocate(fd, 3, 0, 4)))
	private, err := syscall.Mmap(fd, 0, 20, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
	check(err)
	private[0] = 'p'
	fmt.Println(string(private[:5]))
	fmt.Println("seal", seal(fd, 1), seal(fd, 16))
	fd = memfd(2)
	syscall.Write(fd, []byte("abc"))
	shared, err = syscall.Mmap(fd, 0, 3, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	check(err)
	fmt.Println("future", seal(fd, 16))
	shared[0] = 'X'
	n, err = syscall.Pwrite(fd, []byte("x"), 0)
	_, err2 = syscall.Mmap(fd, 0, 3, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	text := make([]byte, 3)
	syscall.Pread(fd, text, 0)
	fmt.Println(n, errno(err), errno(err2), string(text), errno(syscall.Fallocate(fd, 3, 0, 1)))
	view, err := syscall.Mmap(fd, 0, 3, syscall.PROT_READ, syscall.MAP_SHARED)
	check(err)
	fmt.Println(string(view), errno(syscall.Mprotect(view, syscall.PROT_READ|syscall.PROT_WRITE)))
	self, err := syscall.Open(fmt.Sprintf("/proc/self/fd/%d", fd), os.O_RDONLY, 0)
	check(err)
	fmt.Println("read only", seal(self, 2))
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		panic(err)
	}
}
