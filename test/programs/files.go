// Files in /tmp: create, write, append, read, seek, stat, rename, list, walk, symlinks, permissions, truncate, errors by name.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	dir, err := os.MkdirTemp("/tmp", "gobuf-files-")
	check(err)
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "data.txt")
	check(os.WriteFile(name, []byte("line one\nline two\n"), 0o640))
	file, err := os.OpenFile(name, os.O_APPEND|os.O_RDWR, 0)
	check(err)
	_, err = file.WriteString(strings.Repeat("more\n", 5000))
	check(err)
	at, err := file.Seek(5, io.SeekStart)
	check(err)
	part := make([]byte, 8)
	_, err = io.ReadFull(file, part)
	check(err)
	n, err := file.ReadAt(part, 1)
	fmt.Printf("%d %q %d %v\n", at, part, n, err)
	info, err := file.Stat()
	check(err)
	fmt.Println(info.Name(), info.Size(), info.Mode(), info.IsDir())
	check(file.Sync())
	check(file.Truncate(100))
	check(file.Close())
	_, err = file.Write(nil)
	fmt.Println(errors.Is(err, os.ErrClosed))

	data, err := os.ReadFile(name)
	check(err)
	fmt.Println(len(data), strings.Count(string(data), "\n"))
	check(os.MkdirAll(filepath.Join(dir, "a", "b", "c"), 0o755))
	check(os.Rename(name, filepath.Join(dir, "a", "moved")))
	check(os.Symlink("moved", filepath.Join(dir, "a", "link")))
	check(os.Link(filepath.Join(dir, "a", "moved"), filepath.Join(dir, "a", "b", "hard")))
	target, err := os.Readlink(filepath.Join(dir, "a", "link"))
	check(err)
	through, err := os.ReadFile(filepath.Join(dir, "a", "link"))
	check(err)
	fmt.Println(target, len(through))
	check(filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		fmt.Println(rel, entry.IsDir(), entry.Type())
		return err
	}))
	fmt.Println(strip(os.Remove(filepath.Join(dir, "a")), dir))
	_, err = os.Open(filepath.Join(dir, "missing"))
	fmt.Println(strip(err, dir), errors.Is(err, fs.ErrNotExist))
	fmt.Println(strip(os.Mkdir(filepath.Join(dir, "a"), 0o755), dir))
	_, err = os.OpenFile(filepath.Join(dir, "a", "moved"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	fmt.Println(strip(err, dir), errors.Is(err, fs.ErrExist))
	_, err = os.ReadDir(filepath.Join(dir, "a", "moved"))
	fmt.Println(err != nil)

	out, err := os.Create(filepath.Join(dir, "big"))
	check(err)
	w := bufio.NewWriter(out)
	for i := 0; i < 50000; i++ {
		fmt.Fprintln(w, i)
	}
	check(w.Flush())
	check(out.Close())
	in, err := os.Open(filepath.Join(dir, "big"))
	check(err)
	sum := 0
	for scanner := bufio.NewScanner(in); scanner.Scan(); {
		var v int
		fmt.Sscan(scanner.Text(), &v)
		sum += v
	}
	check(in.Close())
	fmt.Println(sum)
	check(os.RemoveAll(dir))
	_, err = os.Stat(dir)
	fmt.Println(os.IsNotExist(err))
}

func strip(err error, dir string) string { return strings.ReplaceAll(fmt.Sprint(err), dir, "DIR") }

func check(err error) {
	if err != nil {
		panic(err)
	}
}
