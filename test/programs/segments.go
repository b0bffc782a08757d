// System V shared memory: made, found by key, mapped at several places, described and removed while it is mapped.
package main

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

const (
	create, exclusive, remove, set, describe = 0o1000, 0o2000, 0, 1, 2
	readOnly, round, remap                   = 0o10000, 0o20000, 0o40000
)

func call(number uintptr, a ...uintptr) (uintptr, string) {
	var args [3]uintptr
	copy(args[:], a)
	v, _, no := syscall.Syscall(number, args[0], args[1], args[2])
	if no != 0 {
		return 0, fmt.Sprintf("errno %d", int(no))
	}
	return v, "done"
}

func result(number uintptr, a ...uintptr) string { _, s := call(number, a...); return s }

type ds struct {
	key, uid, gid, cuid, cgid, mode uint32
	seq                             uint16
	_                               [22]byte
	size                            uint64
	attached, detached, changed     int64
	cpid, lpid                      int32
	places                          uint64
	_                               [16]byte
}

func stat(id uintptr) string {
	var d ds
	if _, s := call(syscall.SYS_SHMCTL, id, describe, uintptr(unsafe.Pointer(&d))); s != "done" {
		return s
	}
	me := uint32(os.Getuid())
	return fmt.Sprintf("size %d places %d mode %o mine %v %v times %v %v %v pids %v %v", d.size, d.places, d.mode, d.uid == me, d.cuid == me, d.attached > 0, d.detached > 0, d.changed > 0, d.cpid == int32(os.Getpid()), d.lpid == int32(os.Getpid()))
}

func at(address uintptr, i int) *byte { return (*byte)(unsafe.Pointer(address + uintptr(i))) }

func main() {
	key := uintptr(0x60b00000 + os.Getpid()%0xfffff)
	id, s := call(syscall.SYS_SHMGET, 0, 10_000, 0o600|create)
	fmt.Println(s, stat(id))
	a, s := call(syscall.SYS_SHMAT, id, 0, 0)
	b, s2 := call(syscall.SYS_SHMAT, id, 0, readOnly)
	fmt.Println(s, s2, a != b, a%4096, stat(id))
	*at(a, 9_999) = 7
	fmt.Println(*at(b, 9_999), *at(b, 10_001))
	fmt.Println(result(syscall.SYS_SHMAT, id, a, 0), result(syscall.SYS_SHMAT, id, a+1, 0), result(syscall.SYS_SHMAT, id, 0, remap), result(syscall.SYS_SHMAT, ^uintptr(0), 0, 0), result(syscall.SYS_SHMAT, 1<<30, 0, 0))
	c, s := call(syscall.SYS_SHMAT, id, b+5, round|remap)
	*at(c, 1) = 8
	fmt.Println(s, c == b, *at(a, 1), stat(id))
	fmt.Println(result(syscall.SYS_SHMDT, a+4096), result(syscall.SYS_SHMDT, a+1), result(syscall.SYS_SHMDT, 0), result(syscall.SYS_SHMDT, a), result(syscall.SYS_SHMDT, a), stat(id))
	fmt.Println(result(syscall.SYS_SHMCTL, id, remove, 0), stat(id))
	fmt.Println(*at(c, 1))
	fmt.Println(result(syscall.SYS_SHMDT, c), stat(id), result(syscall.SYS_SHMCTL, id, remove, 0), result(syscall.SYS_SHMAT, id, 0, 0))

	fmt.Println(result(syscall.SYS_SHMGET, key, 100, 0), result(syscall.SYS_SHMGET, 0, 0, create|0o600), result(syscall.SYS_SHMGET, key, 0, create|0o600), result(syscall.SYS_SHMGET, 0, ^uintptr(0), create|0o600))
	id, s = call(syscall.SYS_SHMGET, key, 100, create|exclusive|0o400)
	again, s2 := call(syscall.SYS_SHMGET, key, 0, 0)
	fmt.Println(s, s2, id == again, result(syscall.SYS_SHMGET, key, 100, create|exclusive|0o600), result(syscall.SYS_SHMGET, key, 101, 0))
	d := ds{uid: uint32(os.Getuid()), gid: uint32(os.Getgid()), mode: 0o640}
	fmt.Println(result(syscall.SYS_SHMCTL, id, set, uintptr(unsafe.Pointer(&d))), stat(id), result(syscall.SYS_SHMCTL, id, 99, 0), result(syscall.SYS_SHMCTL, id, describe, 8), result(syscall.SYS_SHMCTL, ^uintptr(0), describe, 0))
	fmt.Println(result(syscall.SYS_SHMCTL, id, remove, 0), result(syscall.SYS_SHMGET, key, 100, 0), stat(id))
}
