// bbolt: a database in a file that is mapped shared and written to.
package main

import (
	"fmt"
	bolt "go.etcd.io/bbolt"
	"os"
	"time"
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
	db, err := bolt.Open("x.db", 0600, &bolt.Options{Timeout: time.Second})
	if err != nil {
		panic(err)
	}
	for r := 0; r < 20; r++ {
		err = db.Update(func(tx *bolt.Tx) error {
			b, _ := tx.CreateBucketIfNotExists([]byte("b"))
			for i := 0; i < 500; i++ {
				if err := b.Put([]byte(fmt.Sprintf("k%06d", (i*7919+r*13)%5000)), []byte(fmt.Sprintf("v%d-%d", i, r))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			panic(err)
		}
	}
	n := 0
	h := uint32(0)
	db.View(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("b")).ForEach(func(k, v []byte) error {
			n++
			for _, c := range v {
				h = h*31 + uint32(c)
			}
			return nil
		})
	})
	fmt.Println(n, h, db.Stats().TxN)
	db.Close()
}
