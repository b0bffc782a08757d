// fsnotify: inotify in the network poller.
package main

import (
	"fmt"
	"github.com/fsnotify/fsnotify"
	"os"
)

func main() {
	os.RemoveAll("/tmp/nt")
	os.Mkdir("/tmp/nt", 0755)
	w, err := fsnotify.NewWatcher()
	if err != nil {
		panic(err)
	}
	w.Add("/tmp/nt")
	os.WriteFile("/tmp/nt/a", []byte("x"), 0644)
	os.Rename("/tmp/nt/a", "/tmp/nt/b")
	os.Chmod("/tmp/nt/b", 0600)
	os.Remove("/tmp/nt/b")
	for i := 0; i < 6; i++ {
		fmt.Println(<-w.Events)
	}
}
