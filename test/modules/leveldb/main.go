// goleveldb: files that are written, renamed and read by goroutines.
package main

import (
	"fmt"
	"github.com/syndtr/goleveldb/leveldb"
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
	db, err := leveldb.OpenFile("ldb", nil)
	if err != nil {
		panic(err)
	}
	for i := 0; i < 3000; i++ {
		db.Put([]byte(fmt.Sprintf("k%05d", i*37%3001)), []byte(fmt.Sprint(i)), nil)
	}
	it := db.NewIterator(nil, nil)
	n := 0
	s := 0
	for it.Next() {
		n++
		s += len(it.Value())
	}
	it.Release()
	fmt.Println(n, s)
	db.Close()
}
