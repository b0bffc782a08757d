// Corners that the standard library's own tests found: connections that are cut, senders without a name, links to names that end in a slash.
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

func main() {
	dir, err := os.MkdirTemp("", "oddends")
	check(err)
	defer os.RemoveAll(dir)
	cut(0, "")
	cut(0, "last words")
	cut(-1, "bye")
	unnamed(filepath.Join(dir, "sock"))
	check(os.WriteFile(filepath.Join(dir, "source"), []byte("x"), 0o644))
	for _, name := range []string{"target/", "target/.", "source/", "target"} {
		var link *os.LinkError
		err := os.Link(filepath.Join(dir, "source"), dir+"/"+name)
		if errors.As(err, &link) {
			fmt.Printf("link %q: %v\n", name, link.Err)
		} else {
			fmt.Printf("link %q: %v\n", name, err)
		}
	}
	for _, name := range []string{"source", "source/", "new/", "new"} {
		path := dir + "/" + name
		fmt.Printf("%q: symlink %v, mkdir %v, rmdir %v\n", name, syscall.Symlink("source", path), syscall.Mkdir(path, 0o755), syscall.Rmdir(path))
	}
	times(filepath.Join(dir, "source"))
}

// times sets a file's times by each of Linux's calls for that.
func times(path string) {
	show := func(err error) {
		var found syscall.Stat_t
		check(syscall.Stat(path, &found))
		fmt.Println(err, found.Atim, found.Mtim)
	}
	show(syscall.Utime(path, &syscall.Utimbuf{Actime: 5, Modtime: 7}))
	show(syscall.Utimes(path, []syscall.Timeval{{Sec: 1, Usec: 2}, {Sec: 3, Usec: 999_999}}))
	show(syscall.Utimes(path, []syscall.Timeval{{Sec: 1, Usec: 2}, {Sec: 3, Usec: 1_000_000}}))
	show(syscall.Futimesat(-100, path, []syscall.Timeval{{Sec: 11, Usec: 12}, {Sec: 13, Usec: 14}}))
	show(syscall.UtimesNano(path, []syscall.Timespec{{Sec: 21, Nsec: 22}, {Sec: 23, Nsec: 24}}))
}

// cut closes a connection with the given linger time after sending words, which are not lost.
func cut(linger int, words string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer listener.Close()
	client, err := net.Dial("tcp", listener.Addr().String())
	check(err)
	defer client.Close()
	server, err := listener.Accept()
	check(err)
	check(server.(*net.TCPConn).SetLinger(linger))
	buf := make([]byte, 32)
	if words != "" {
		_, err = io.WriteString(server, words)
		check(err)
		n, err := client.Read(buf)
		fmt.Printf("read %q %v\n", buf[:n], err)
	}
	check(server.Close())
	for i := 0; i < 2; i++ {
		n, err := client.Read(buf)
		fmt.Println("read", n, errors.Is(err, syscall.ECONNRESET), err == io.EOF)
	}
	for i := 0; i < 2; i++ {
		n, err := client.Write([]byte("too late"))
		fmt.Println("write", n, errors.Is(err, syscall.EPIPE))
	}
	n, err := client.Read(buf)
	fmt.Println("read", n, err == io.EOF)
}

// unnamed sends a datagram from a socket that was never bound.
func unnamed(path string) {
	server, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	check(err)
	defer server.Close()
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_DGRAM, 0)
	check(err)
	defer syscall.Close(fd)
	for _, words := range []string{"hello", ""} {
		check(syscall.Sendto(fd, []byte(words), 0, &syscall.SockaddrUnix{Name: path}))
		buf := make([]byte, 16)
		n, from, err := server.ReadFrom(buf)
		fmt.Printf("%q from %v %v\n", buf[:n], from, err)
	}
}

func check(err error) {
	if err != nil {
		fmt.Println("unexpected:", err)
		os.Exit(1)
	}
}
