// Bytes that go between files and pipes inside the kernel (splice, tee, vmsplice, and io.Copy, which uses them), paths that may not lead everywhere
// (openat2), descriptors for processes, and where threads may run.
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const (
	nonblock                                          = 2
	sysOpenat2, sysPidfdOpen, sysPidfdSend, sysPidGet = 437, 434, 424, 438
	noXdev, noMagic, noLinks, beneath, inRoot         = 1, 2, 4, 8, 16
	oPath, oTmpfile                                   = 0x200000, 0x410000
)

func errno(err error) string {
	var no syscall.Errno
	if errors.As(err, &no) {
		return fmt.Sprintf("errno %d", int(no))
	}
	return fmt.Sprint(err)
}

func call(number uintptr, a ...uintptr) string {
	var args [6]uintptr
	copy(args[:], a)
	v, _, no := syscall.Syscall6(number, args[0], args[1], args[2], args[3], args[4], args[5])
	if no != 0 {
		return fmt.Sprintf("errno %d", int(no))
	}
	return fmt.Sprint(v)
}

func splice(in int, inAt *int64, out int, outAt *int64, n, flags int) string {
	return call(syscall.SYS_SPLICE, uintptr(in), uintptr(unsafe.Pointer(inAt)), uintptr(out), uintptr(unsafe.Pointer(outAt)), uintptr(n), uintptr(flags))
}
func tee(in, out, n, flags int) string {
	return call(syscall.SYS_TEE, uintptr(in), uintptr(out), uintptr(n), uintptr(flags))
}
func vmsplice(fd int, flags int, parts ...[]byte) string {
	var list []syscall.Iovec
	for _, part := range parts {
		v := syscall.Iovec{Len: uint64(len(part))}
		if len(part) > 0 {
			v.Base = &part[0]
		}
		list = append(list, v)
	}
	return call(syscall.SYS_VMSPLICE, uintptr(fd), uintptr(unsafe.Pointer(&list[0])), uintptr(len(list)), uintptr(flags))
}

func pipe(flags int) (int, int) {
	var p [2]int
	check(syscall.Pipe2(p[:], flags))
	return p[0], p[1]
}

func read(fd int) string {
	b := make([]byte, 100)
	n, err := syscall.Read(fd, b)
	if err != nil {
		return errno(err)
	}
	return fmt.Sprintf("%q", b[:n])
}

type openHow struct{ flags, mode, resolve uint64 }

func openat2(dir int, path string, how openHow, size uintptr) string {
	p, err := syscall.BytePtrFromString(path)
	check(err)
	buffer := make([]openHow, 3)
	buffer[0] = how
	fd, _, no := syscall.Syscall6(sysOpenat2, uintptr(dir), uintptr(unsafe.Pointer(p)), uintptr(unsafe.Pointer(&buffer[0])), size, 0, 0)
	runtime.KeepAlive(p)
	if no != 0 {
		return fmt.Sprintf("errno %d", int(no))
	}
	var st syscall.Stat_t
	check(syscall.Fstat(int(fd), &st))
	syscall.Close(int(fd))
	return fmt.Sprintf("opened %o", st.Mode&syscall.S_IFMT)
}

func main() {
	dir, err := os.MkdirTemp("/tmp", "gobuf-splices-")
	check(err)
	defer os.RemoveAll(dir)
	check(os.Chdir(dir))
	fmt.Println("-- splice")
	r, w := pipe(0)
	r2, w2 := pipe(0)
	syscall.Write(w, []byte("hello splice"))
	fmt.Println(splice(r, nil, w2, nil, 5, 0), read(r2), splice(r, nil, w2, nil, 100, 0), read(r2))
	fmt.Println(splice(r, nil, w2, nil, 5, nonblock), splice(r, nil, w2, nil, 0, 0), splice(r, nil, w, nil, 5, 0), splice(w, nil, w2, nil, 5, 0), splice(r, nil, r2, nil, 5, 0), splice(999, nil, w, nil, 5, 0), splice(r, nil, w2, nil, 5, 64))
	check(os.WriteFile("f", []byte("0123456789"), 0o600))
	f, err := os.OpenFile("f", os.O_RDWR, 0)
	check(err)
	fd := int(f.Fd())
	at := int64(3)
	fmt.Println(splice(fd, &at, w, nil, 4, 1), at, read(r), splice(fd, nil, w, nil, 2, 0), read(r), splice(fd, nil, w, nil, 100, 0), read(r), splice(fd, nil, w, nil, 100, 0))
	at = 100
	fmt.Println(splice(fd, &at, w, nil, 4, 0), splice(r, &at, fd, nil, 4, 0), splice(fd, nil, w, &at, 4, 0), splice(fd, nil, fd, nil, 4, 0))
	syscall.Write(w, []byte("abcdef"))
	at = 2
	fmt.Println(splice(r, nil, fd, &at, 3, 0), at, splice(r, nil, fd, nil, 100, 0))
	at = -1
	syscall.Write(w, []byte("x"))
	fmt.Println(splice(r, nil, fd, &at, 1, 0), read(r))
	text, _ := os.ReadFile("f")
	fmt.Println(string(text))
	appending, _ := os.OpenFile("f", os.O_WRONLY|os.O_APPEND, 0)
	here, _ := os.Open(".")
	null, _ := os.OpenFile("/dev/null", os.O_RDWR, 0)
	syscall.Write(w, []byte("rest"))
	fmt.Println(splice(r, nil, int(appending.Fd()), nil, 4, 0), splice(int(here.Fd()), nil, w, nil, 4, 0), splice(r, nil, int(null.Fd()), nil, 4, 0))
	fill := make([]byte, 65536)
	syscall.Write(w2, fill)
	syscall.Write(w, []byte("more"))
	fmt.Println("full", splice(r, nil, w2, nil, 4, nonblock), splice(fd, nil, w2, nil, 4, nonblock))
	done := make(chan string)
	go func() { done <- splice(r, nil, w2, nil, 4, 0) }()
	time.Sleep(10 * time.Millisecond)
	syscall.Read(r2, fill)
	fmt.Println(<-done, read(r2))
	go func() { done <- splice(r, nil, w2, nil, 9, 0) }()
	time.Sleep(10 * time.Millisecond)
	syscall.Write(w, []byte("late"))
	fmt.Println(<-done, read(r2))
	pair, _ := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	syscall.Write(pair[0], []byte("by socket"))
	fmt.Println(splice(pair[1], nil, w, nil, 100, 0), splice(r, nil, pair[1], nil, 100, 0), read(pair[0]), splice(pair[1], nil, w, nil, 5, nonblock))
	at = 0
	fmt.Println(splice(pair[1], &at, w, nil, 5, nonblock))
	syscall.Close(pair[0])
	fmt.Println(splice(pair[1], nil, w, nil, 5, 0))

	fmt.Println("-- tee")
	syscall.Write(w, []byte("tee me"))
	fmt.Println(tee(r, w2, 3, 0), tee(r, w2, 100, 0), read(r2), read(r), tee(r, w2, 9, nonblock), tee(r, w, 9, 0), tee(fd, w, 9, 0), tee(r, fd, 9, 0), tee(r, w2, 0, 0), tee(w, w2, 1, 0))
	fmt.Println("-- vmsplice")
	fmt.Println(vmsplice(w, 0, []byte("vm"), nil, []byte("spliced")), read(r), vmsplice(fd, 0, []byte("x")), vmsplice(999, 0, []byte("x")), vmsplice(w, 64, []byte("x")))
	syscall.Write(w, []byte("back to memory"))
	one, two := make([]byte, 4), make([]byte, 20)
	fmt.Println(vmsplice(r, 0, one, two), string(one), string(two[:10]))
	fmt.Println(vmsplice(r, nonblock, one), vmsplice(w, nonblock, make([]byte, 65536)), vmsplice(w, nonblock, one))
	syscall.Read(r, fill)
	syscall.Close(w)
	fmt.Println("no writer", splice(r, nil, w2, nil, 5, 0), tee(r, w2, 5, 0))
	syscall.Close(r2)
	syscall.Write(pair[1], nil)
	r, w = pipe(0)
	syscall.Write(w, []byte("x"))
	fmt.Println("no reader", splice(r, nil, w2, nil, 5, 0), tee(r, w2, 5, 0), vmsplice(w2, 0, one))

	fmt.Println("-- io.Copy")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	back, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		in, err := listener.Accept()
		check(err)
		out, err := net.Dial("tcp", back.Addr().String())
		check(err)
		n, err := io.Copy(out, in)
		fmt.Println("relayed", n, err)
		out.Close()
	}()
	var got []byte
	go func() {
		defer wg.Done()
		conn, err := back.Accept()
		check(err)
		got, err = io.ReadAll(conn)
		check(err)
	}()
	conn, err := net.Dial("tcp", listener.Addr().String())
	check(err)
	sent := strings.Repeat("the quick brown fox ", 150_000)
	for rest := sent; rest != ""; {
		n := len(rest)
		if n > 70_001 {
			n = 70_001
		}
		_, err := conn.Write([]byte(rest[:n]))
		check(err)
		rest = rest[n:]
	}
	conn.Close()
	wg.Wait()
	fmt.Println(string(got) == sent)

	fmt.Println("-- openat2")
	check(os.MkdirAll("in/deep", 0o700))
	check(os.WriteFile("in/file", []byte("in"), 0o600))
	check(os.WriteFile("out", nil, 0o600))
	check(os.Symlink("file", "in/link"))
	check(os.Symlink("../out", "in/up"))
	check(os.Symlink(dir+"/out", "in/absolute"))
	check(os.Symlink("/file", "in/rooted"))
	check(os.Symlink("/proc/self/fd/0", "in/magic"))
	in, err := os.Open("in")
	check(err)
	d := int(in.Fd())
	for _, path := range []string{"file", "link", "up", "absolute", "rooted", "magic", "deep/../file", "deep/../../out", "..", ".", "/file", "deep/../../in/file", "none", "file/x"} {
		fmt.Print(path)
		for _, limits := range []uint64{0, beneath, inRoot, noLinks, noMagic, noXdev, beneath | noLinks, inRoot | noXdev} {
			// What standard input is, and whether /tmp is a file system of its own, depends on the machine.
			if (limits != 0 || path != "magic") && (limits != noXdev || (path != "magic" && path != "absolute" && path != "rooted")) {
				fmt.Print(" | ", openat2(d, path, openHow{resolve: limits}, 24))
			}
		}
		fmt.Println()
	}
	fmt.Println(openat2(d, "/proc/self/status", openHow{resolve: noXdev}, 24), openat2(d, "/proc/self/exe", openHow{resolve: noMagic}, 24), openat2(d, "link", openHow{flags: oPath | syscall.O_NOFOLLOW, resolve: noLinks}, 24))
	fmt.Println(openat2(d, "new", openHow{flags: syscall.O_CREAT | syscall.O_RDWR, mode: 0o600, resolve: beneath}, 24), openat2(d, "../new", openHow{flags: syscall.O_CREAT | syscall.O_RDWR, mode: 0o600, resolve: beneath}, 24), openat2(d, "../new2", openHow{flags: syscall.O_CREAT | syscall.O_RDWR, mode: 0o600, resolve: inRoot}, 24), openat2(d, "new", openHow{flags: syscall.O_CREAT | syscall.O_EXCL | syscall.O_RDWR, mode: 0o600}, 24))
	for _, how := range []openHow{{flags: 1 << 40}, {flags: 8}, {mode: 0o600}, {flags: syscall.O_CREAT, mode: 1 << 20}, {resolve: 64}, {resolve: beneath | inRoot}, {flags: oPath | syscall.O_RDWR}, {flags: oTmpfile}, {flags: syscall.O_DIRECTORY}} {
		fmt.Print(openat2(d, "file", how, 24), " ")
	}
	fmt.Println(openat2(d, "file", openHow{}, 16), openat2(d, "file", openHow{}, 48), openat2(d, "file", openHow{}, 5000), openat2(999, "file", openHow{}, 24), openat2(999, dir+"/out", openHow{}, 24), openat2(d, "", openHow{}, 24))

	fmt.Println("-- a descriptor of a process")
	me := uintptr(os.Getpid())
	fdText := call(sysPidfdOpen, me, 0)
	var pidfd int
	fmt.Sscan(fdText, &pidfd)
	flags, _, _ := syscall.Syscall(syscall.SYS_FCNTL, uintptr(pidfd), syscall.F_GETFD, 0)
	fmt.Println(pidfd > 2, flags, call(sysPidfdSend, uintptr(pidfd), 0, 0, 0), call(sysPidfdSend, uintptr(pidfd), 99, 0, 0), call(sysPidfdSend, uintptr(pidfd), 0, 0, 64), call(sysPidfdSend, uintptr(fd), 0, 0, 0), call(sysPidfdSend, 999, 0, 0, 0))
	fmt.Println(call(sysPidfdOpen, 0, 0), call(sysPidfdOpen, ^uintptr(0), 0), call(sysPidfdOpen, 4_000_000, 0), call(sysPidfdOpen, me, 1), read(pidfd))
	got2 := call(sysPidGet, uintptr(pidfd), uintptr(fd), 0)
	var copied int
	fmt.Sscan(got2, &copied)
	flags, _, _ = syscall.Syscall(syscall.SYS_FCNTL, uintptr(copied), syscall.F_GETFD, 0)
	fmt.Println(copied > 2, flags, call(sysPidGet, uintptr(pidfd), 999, 0), call(sysPidGet, uintptr(pidfd), uintptr(fd), 1), call(sysPidGet, uintptr(fd), uintptr(fd), 0))
	self, err := os.FindProcess(os.Getpid())
	check(err)
	fmt.Println(self.Signal(syscall.Signal(0)))

	fmt.Println("-- where threads run")
	runtime.LockOSThread()
	var mask [128]byte
	mask[0] = 1
	set := call(syscall.SYS_SCHED_SETAFFINITY, 0, 8, uintptr(unsafe.Pointer(&mask[0])))
	mask[0] = 0
	n, _, _ := syscall.Syscall(syscall.SYS_SCHED_GETAFFINITY, 0, 128, uintptr(unsafe.Pointer(&mask[0])))
	fmt.Println(set, n >= 8, mask[0])
	mask[0] = 0
	fmt.Println(call(syscall.SYS_SCHED_SETAFFINITY, 0, 8, uintptr(unsafe.Pointer(&mask[0]))), call(syscall.SYS_SCHED_SETAFFINITY, 4_000_000, 8, uintptr(unsafe.Pointer(&mask[0]))))
	low, _, no := syscall.Syscall6(syscall.SYS_MMAP, 0, 1<<20, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON|0x40, ^uintptr(0), 0)
	fmt.Println(no, low >= 0x40000000, low+1<<20 <= 0x80000000)
	_, _, no = syscall.Syscall6(syscall.SYS_MMAP, 0, 1<<31, syscall.PROT_READ, syscall.MAP_PRIVATE|syscall.MAP_ANON|0x40, ^uintptr(0), 0)
	fmt.Println(int(no))
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		panic(err)
	}
}
