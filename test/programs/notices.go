// Changes of files and folders are told by inotify: what, in which order, and of which name.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

var names = map[uint32]string{
	syscall.IN_ACCESS: "ACCESS", syscall.IN_ATTRIB: "ATTRIB", syscall.IN_CLOSE_WRITE: "CLOSE_WRITE", syscall.IN_CLOSE_NOWRITE: "CLOSE_NOWRITE", syscall.IN_CREATE: "CREATE",
	syscall.IN_DELETE: "DELETE", syscall.IN_DELETE_SELF: "DELETE_SELF", syscall.IN_MODIFY: "MODIFY", syscall.IN_MOVE_SELF: "MOVE_SELF", syscall.IN_MOVED_FROM: "MOVED_FROM",
	syscall.IN_MOVED_TO: "MOVED_TO", syscall.IN_OPEN: "OPEN", syscall.IN_IGNORED: "IGNORED", syscall.IN_ISDIR: "ISDIR", syscall.IN_Q_OVERFLOW: "OVERFLOW",
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

type watcher struct {
	fd      int
	cookies map[uint32]int
}

func open() *watcher {
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	must(err)
	return &watcher{fd, map[uint32]int{}}
}

func (w *watcher) add(path string, mask uint32) int {
	wd, err := syscall.InotifyAddWatch(w.fd, path, mask)
	if err != nil {
		fmt.Println("no watch:", err)
	}
	return wd
}

// told prints what has been told since the last time. In which order a folder's end is told to it and to the one above has changed with Linux's versions.
func (w *watcher) told(of string) {
	var lines []string
	defer func() {
		if strings.HasPrefix(of, "folder") {
			sort.Strings(lines)
		}
		fmt.Println(of + strings.Join(lines, ""))
	}()
	buffer := make([]byte, 4096)
	for {
		n, err := syscall.Read(w.fd, buffer)
		if err != nil {
			if err != syscall.EAGAIN {
				fmt.Println(err)
			}
			return
		}
		for at := 0; at < n; {
			event := (*syscall.InotifyEvent)(unsafe.Pointer(&buffer[at]))
			var what []string
			for bit := uint32(1); bit != 0; bit <<= 1 {
				if event.Mask&bit != 0 {
					what = append(what, names[bit])
				}
			}
			sort.Strings(what)
			cookie := 0
			if event.Cookie != 0 {
				if w.cookies[event.Cookie] == 0 {
					w.cookies[event.Cookie] = len(w.cookies) + 1
				}
				cookie = w.cookies[event.Cookie]
			}
			name := buffer[at+16 : at+16+int(event.Len)]
			lines = append(lines, fmt.Sprintf("\n  %d %s %d %d %s", event.Wd, strings.Join(what, "|"), cookie, event.Len, bytes.TrimRight(name, "\x00")))
			at += 16 + int(event.Len)
		}
	}
}

func main() {
	dir, err := os.MkdirTemp("", "notices")
	must(err)
	defer os.RemoveAll(dir)
	in := func(name string) string { return filepath.Join(dir, name) }
	w := open()
	w.add(dir, syscall.IN_ALL_EVENTS)
	must(os.WriteFile(in("a"), []byte("x"), 0644))
	w.told("written")
	again, err := os.OpenFile(in("a"), os.O_WRONLY, 0)
	must(err)
	_, err = again.Write([]byte("longer"))
	must(err)
	must(again.Close())
	w.told("written again")
	_, err = os.ReadFile(in("a"))
	must(err)
	w.told("read")
	must(os.Chmod(in("a"), 0600))
	must(os.Truncate(in("a"), 3))
	must(os.Chtimes(in("a"), time.Unix(1, 0), time.Unix(2, 0)))
	w.told("attributes")
	must(os.Rename(in("a"), in("b")))
	must(os.Mkdir(in("folder"), 0755))
	must(os.Link(in("b"), in("c")))
	must(os.Symlink("b", in("link")))
	w.told("names")
	w.add(in("folder"), syscall.IN_CREATE|syscall.IN_MOVED_TO|syscall.IN_DELETE_SELF|syscall.IN_ONLYDIR)
	w.add(in("b"), syscall.IN_ALL_EVENTS)
	must(os.Rename(in("b"), in("folder/b")))
	w.told("moved")
	must(os.Remove(in("c")))
	f, err := os.OpenFile(in("folder/b"), os.O_RDWR, 0)
	must(err)
	_, err = f.Write([]byte("1"))
	must(err)
	_, err = f.Write([]byte("2"))
	must(err)
	must(os.Remove(in("folder/b")))
	w.told("removed while open")
	must(f.Close())
	w.told("closed")
	must(os.WriteFile(in("d"), nil, 0644))
	must(os.WriteFile(in("e"), nil, 0644))
	w.told("two files")
	w.add(in("e"), syscall.IN_DELETE_SELF|syscall.IN_ATTRIB)
	must(os.Rename(in("d"), in("e")))
	w.told("replaced")
	must(os.Remove(in("folder")))
	w.told("folder removed")
	w.add(in("e"), syscall.IN_MODIFY|syscall.IN_ONESHOT)
	again, err = os.OpenFile(in("e"), os.O_WRONLY, 0)
	must(err)
	for i := 0; i < 2; i++ {
		_, err = again.Write([]byte("1"))
		must(err)
	}
	must(again.Close())
	w.told("once")
	same := w.add(in("e"), syscall.IN_MODIFY)
	fmt.Println(w.add(in("e"), syscall.IN_ATTRIB|syscall.IN_MASK_ADD) == same)
	_, err = syscall.InotifyRmWatch(w.fd, uint32(same))
	fmt.Println(err)
	_, err = syscall.InotifyRmWatch(w.fd, 77)
	fmt.Println(err)
	w.told("no longer watched")
	w.add(in("nothing"), syscall.IN_MODIFY)
	w.add(in("e"), syscall.IN_MODIFY|syscall.IN_ONLYDIR)
	w.add(in("e"), 0)
	_, err = syscall.Read(w.fd, make([]byte, 4096))
	fmt.Println(err)
	must(os.WriteFile(in("small"), nil, 0644))
	_, err = syscall.Read(w.fd, make([]byte, 8))
	fmt.Println(err)
	must(syscall.Close(w.fd))

	// A file that lost its name while it is open: told to who watches the folder, unless that is not wanted.
	every, named := open(), open()
	every.add(dir, syscall.IN_MODIFY|syscall.IN_CLOSE_WRITE)
	named.add(dir, syscall.IN_MODIFY|syscall.IN_CLOSE_WRITE|syscall.IN_EXCL_UNLINK)
	f, err = os.Create(in("brief"))
	must(err)
	_, err = f.Write([]byte("1"))
	must(err)
	must(os.Remove(in("brief")))
	_, err = f.Write([]byte("2"))
	must(err)
	must(f.Close())
	every.told("with and without a name")
	named.told("with a name")

	// As programs use it: a goroutine waits in the network poller.
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	must(err)
	_, err = syscall.InotifyAddWatch(fd, dir, syscall.IN_CREATE)
	must(err)
	file, told := os.NewFile(uintptr(fd), "inotify"), make(chan int)
	go func() {
		buffer := make([]byte, 4096)
		n, err := file.Read(buffer)
		must(err)
		told <- n
	}()
	time.Sleep(time.Millisecond)
	must(os.WriteFile(in("awaited"), nil, 0644))
	fmt.Println(<-told)
}
