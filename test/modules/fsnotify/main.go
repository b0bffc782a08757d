// fsnotify: inotify in the network poller.
package main

import (
	"fmt"
	"github.com/fsnotify/fsnotify"
	"os"
)

func main() {
	dir, err := os.MkdirTemp("", "gobuf-modules")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chdir(dir); err != nil {
		panic(err)
	}
	os.Mkdir("nt", 0755)
	w, err := fsnotify.NewWatcher()
	if err != nil {
		panic(err)
	}
	w.Add("nt")
	os.WriteFile("nt/a", []byte("x"), 0644)
	os.Rename("nt/a", "nt/b")
	os.Chmod("nt/b", 0600)
	os.Remove("nt/b")
	for i := 0; i < 6; i++ {
		fmt.Println(<-w.Events)
	}
}
