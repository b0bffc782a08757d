// pebble and badger: log-structured databases.
package main

import (
	"fmt"
	"github.com/cockroachdb/pebble"
	badger "github.com/dgraph-io/badger/v4"
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
	db, err := pebble.Open("pb", &pebble.Options{})
	if err != nil {
		panic(err)
	}
	for i := 0; i < 2000; i++ {
		db.Set([]byte(fmt.Sprintf("k%04d", i*17%2003)), []byte(fmt.Sprint(i)), pebble.NoSync)
	}
	it, _ := db.NewIter(nil)
	n := 0
	for it.First(); it.Valid(); it.Next() {
		n++
	}
	it.Close()
	fmt.Println(n, db.Close())
	b, err := badger.Open(badger.DefaultOptions("bd").WithLoggingLevel(badger.ERROR))
	if err != nil {
		panic(err)
	}
	for i := 0; i < 200; i++ {
		err = b.Update(func(t *badger.Txn) error { return t.Set([]byte(fmt.Sprint(i)), []byte("v")) })
		if err != nil {
			panic(err)
		}
	}
	m := 0
	b.View(func(t *badger.Txn) error {
		it := t.NewIterator(badger.DefaultIteratorOptions)
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			m++
		}
		return nil
	})
	fmt.Println(m, b.Close())
}
