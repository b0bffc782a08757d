// Messages of sockets below net: control messages of datagrams (where they went, TTL, TOS, segments), descriptors and credentials, timeouts.
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
	solUDP, udpSegment      = 17, 103
	ipPktinfo, ipRecvTTL    = 8, 12
	ipRecvTOS, ipTTL, ipTOS = 13, 2, 1
)

func errno(err error) string {
	var no syscall.Errno
	if errors.As(err, &no) {
		return fmt.Sprintf("errno %d", int(no))
	}
	return fmt.Sprint(err)
}

// message is one control message.
func message(level, kind int32, data []byte) []byte {
	b := make([]byte, syscall.CmsgSpace(len(data)))
	h := (*syscall.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = level, kind
	h.SetLen(syscall.CmsgLen(len(data)))
	copy(b[syscall.CmsgLen(0):], data)
	return b
}

func word(v int32) []byte  { return (*[4]byte)(unsafe.Pointer(&v))[:] }
func half(v uint16) []byte { return (*[2]byte)(unsafe.Pointer(&v))[:] }

// receive shows one message with all that is told of it.
func receive(fd, room, flags int) string {
	b, oob := make([]byte, 1000), make([]byte, room)
	n, on, got, _, err := syscall.Recvmsg(fd, b, oob, flags)
	if err != nil {
		return errno(err)
	}
	s := fmt.Sprintf("%d bytes, control %d, flags %#x", n, on, got)
	list, err := syscall.ParseSocketControlMessage(oob[:on])
	if err != nil {
		return s + " " + errno(err)
	}
	for _, m := range list {
		data := m.Data
		if m.Header.Level == syscall.SOL_SOCKET && m.Header.Type == syscall.SCM_RIGHTS {
			fds, _ := syscall.ParseUnixRights(&m)
			s += fmt.Sprintf(" | %d descriptors", len(fds))
			for _, fd := range fds {
				flags, _, _ := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0)
				s += fmt.Sprintf(" cloexec %d", flags)
				syscall.Close(fd)
			}
			continue
		}
		if m.Header.Level == syscall.SOL_SOCKET && m.Header.Type == syscall.SCM_CREDENTIALS && len(data) == 12 {
			c, _ := syscall.ParseUnixCredentials(&m)
			s += fmt.Sprintf(" | mine %v %v %v", int(c.Pid) == os.Getpid(), int(c.Uid) == os.Getuid(), int(c.Gid) == os.Getgid())
			continue
		}
		s += fmt.Sprintf(" | %d:%d %v", m.Header.Level, m.Header.Type, data)
	}
	return s
}

func udp4(host [4]byte) (int, *syscall.SockaddrInet4) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check(err)
	check(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: host}))
	name, err := syscall.Getsockname(fd)
	check(err)
	return fd, name.(*syscall.SockaddrInet4)
}

func main() {
	a, at := udp4([4]byte{})
	b, _ := udp4([4]byte{127, 0, 0, 1})
	to := &syscall.SockaddrInet4{Port: at.Port, Addr: [4]byte{127, 0, 0, 2}}
	for _, option := range []int{ipPktinfo, ipRecvTTL, ipRecvTOS} {
		check(syscall.SetsockoptInt(a, syscall.IPPROTO_IP, option, 1))
	}
	send := func(what string, n int, control ...[]byte) {
		var oob []byte
		for _, m := range control {
			oob = append(oob, m...)
		}
		n, err := syscall.SendmsgN(b, make([]byte, n), oob, to, 0)
		fmt.Println(what, n, errno(err))
	}
	send("plain", 5)
	fmt.Println(receive(a, 200, 0))
	send("ttl and tos", 5, message(syscall.IPPROTO_IP, ipTTL, word(7)), message(syscall.IPPROTO_IP, ipTOS, word(16)))
	fmt.Println(receive(a, 200, 0))
	send("tos in a byte", 1, message(syscall.IPPROTO_IP, ipTOS, []byte{8}))
	fmt.Println(receive(a, 200, 0))
	send("from another address", 3, message(syscall.IPPROTO_IP, ipPktinfo, []byte{0, 0, 0, 0, 127, 0, 0, 9, 0, 0, 0, 0}))
	{
		_, from, err := syscall.Recvfrom(a, make([]byte, 10), 0)
		fmt.Println(from.(*syscall.SockaddrInet4).Addr, errno(err))
	}
	send("not enough room", 1)
	fmt.Println(receive(a, 40, 0))
	send("no room", 1)
	fmt.Println(receive(a, 0, 0))
	check(syscall.SetsockoptInt(b, syscall.IPPROTO_IP, ipTTL, 9))
	check(syscall.SetsockoptInt(b, syscall.IPPROTO_IP, ipTOS, 4))
	send("by option", 1)
	fmt.Println(receive(a, 200, syscall.MSG_CMSG_CLOEXEC))
	for _, option := range []int{ipPktinfo, ipRecvTTL, ipRecvTOS} {
		check(syscall.SetsockoptInt(a, syscall.IPPROTO_IP, option, 0))
	}

	fmt.Println("-- segments")
	send("segments", 250, message(solUDP, udpSegment, half(100)))
	for i := 0; i < 3; i++ {
		fmt.Println(receive(a, 100, 0))
	}
	fmt.Println(receive(a, 100, syscall.MSG_DONTWAIT))
	send("a segment larger than all", 50, message(solUDP, udpSegment, half(100)))
	fmt.Println(receive(a, 100, 0))
	check(syscall.SetsockoptInt(b, solUDP, udpSegment, 20))
	send("by option", 30)
	fmt.Println(receive(a, 100, 0), receive(a, 100, 0))
	v, err := syscall.GetsockoptInt(b, solUDP, udpSegment)
	fmt.Println(v, errno(err), errno(syscall.SetsockoptInt(b, solUDP, udpSegment, -1)), errno(syscall.SetsockoptInt(b, solUDP, udpSegment, 65536)), errno(syscall.SetsockoptInt(b, solUDP, udpSegment, 0)))

	fmt.Println("-- minded")
	send("ttl 0", 1, message(syscall.IPPROTO_IP, ipTTL, word(0)))
	send("ttl 256", 1, message(syscall.IPPROTO_IP, ipTTL, word(256)))
	send("ttl of two bytes", 1, message(syscall.IPPROTO_IP, ipTTL, []byte{1, 2}))
	send("tos 256", 1, message(syscall.IPPROTO_IP, ipTOS, word(256)))
	send("short pktinfo", 1, message(syscall.IPPROTO_IP, ipPktinfo, make([]byte, 8)))
	send("not ours", 1, message(syscall.IPPROTO_IP, ipPktinfo, []byte{0, 0, 0, 0, 10, 1, 2, 3, 0, 0, 0, 0}))
	send("no such interface", 1, message(syscall.IPPROTO_IP, ipPktinfo, []byte{99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))
	send("unknown", 1, message(syscall.IPPROTO_IP, 99, word(1)))
	send("segment of four bytes", 1, message(solUDP, udpSegment, word(100)))
	send("unknown of udp", 1, message(solUDP, 99, half(100)))
	send("socket level", 1, message(syscall.SOL_SOCKET, 99, word(1)))
	bad := message(syscall.IPPROTO_IP, ipTTL, word(7))
	bad[0] = 3
	send("short header", 1, bad)
	bad[0] = 100
	send("long header", 1, bad)
	send("less than a header", 1, make([]byte, 10))
	for fd := a; ; {
		if s := receive(fd, 0, syscall.MSG_DONTWAIT); s[:5] == "errno" {
			fmt.Println(s)
			break
		} else {
			fmt.Println("came:", s)
		}
	}
	for _, v := range []int{0, 256, -1, 64} {
		fmt.Print(errno(syscall.SetsockoptInt(b, syscall.IPPROTO_IP, ipTTL, v)), " ")
		got, _ := syscall.GetsockoptInt(b, syscall.IPPROTO_IP, ipTTL)
		fmt.Println(got)
	}

	fmt.Println("-- Unix")
	for _, kind := range []int{syscall.SOCK_STREAM, syscall.SOCK_DGRAM, syscall.SOCK_SEQPACKET} {
		pair, err := syscall.Socketpair(syscall.AF_UNIX, kind, 0)
		check(err)
		check(syscall.SetsockoptInt(pair[1], syscall.SOL_SOCKET, syscall.SO_PASSCRED, 1))
		mine := &syscall.Ucred{Pid: int32(os.Getpid()), Uid: uint32(os.Getuid()), Gid: uint32(os.Getgid())}
		send := func(what string, control []byte) {
			_, err := syscall.SendmsgN(pair[0], []byte("text"), control, nil, 0)
			fmt.Println(what, errno(err))
		}
		send("nothing", nil)
		fmt.Println(receive(pair[1], 100, 0))
		send("credentials", syscall.UnixCredentials(mine))
		fmt.Println(receive(pair[1], 100, 0))
		send("descriptors", syscall.UnixRights(0, 1))
		fmt.Println(receive(pair[1], 100, syscall.MSG_CMSG_CLOEXEC))
		send("both, no room", append(syscall.UnixRights(0), syscall.UnixCredentials(mine)...))
		fmt.Println(receive(pair[1], 40, 0))
		check(syscall.SetsockoptInt(pair[1], syscall.SOL_SOCKET, syscall.SO_PASSCRED, 0))
		send("descriptors", syscall.UnixRights(0, 1, 2))
		fmt.Println(receive(pair[1], 24, 0))
		send("closed descriptor", syscall.UnixRights(999))
		send("short credentials", message(syscall.SOL_SOCKET, syscall.SCM_CREDENTIALS, word(1)))
		send("unknown", message(syscall.SOL_SOCKET, 99, word(1)))
		send("another level", message(syscall.IPPROTO_IP, ipTTL, word(1)))
		fmt.Println(receive(pair[1], 24, syscall.MSG_DONTWAIT), receive(pair[1], 24, syscall.MSG_DONTWAIT))
	}
	{
		// What had no room in a message is closed.
		pair, _ := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_DGRAM, 0)
		var p [2]int
		check(syscall.Pipe(p[:]))
		_, err := syscall.SendmsgN(pair[0], nil, syscall.UnixRights(p[1]), nil, 0)
		check(err)
		syscall.Close(p[1])
		fmt.Println(receive(pair[1], 0, 0))
		n, err := syscall.Read(p[0], make([]byte, 1))
		fmt.Println(n, errno(err))
	}

	fmt.Println("-- timeouts")
	pair, _ := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	check(syscall.SetsockoptTimeval(pair[0], syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Usec: 120000}))
	check(syscall.SetsockoptTimeval(pair[0], syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &syscall.Timeval{Usec: 80000}))
	start := time.Now()
	_, err = syscall.Read(pair[0], make([]byte, 1))
	took := time.Since(start)
	fmt.Println(errno(err), took >= 119*time.Millisecond)
	start = time.Now()
	n, err := syscall.Write(pair[0], make([]byte, 1<<22))
	m, err2 := syscall.Write(pair[0], make([]byte, 1<<22))
	fmt.Println(n > 1000, errno(err), m, errno(err2), time.Since(start) >= 159*time.Millisecond)
	fmt.Println(errno(syscall.SetsockoptTimeval(pair[0], syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Usec: 1000000})), errno(syscall.SetsockoptTimeval(pair[0], syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Sec: -1})))
	_, err = syscall.Read(pair[0], make([]byte, 1))
	fmt.Println(errno(err))
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		panic(err)
	}
}
