// SQLite in Go: a write-ahead log, shared memory for its index, locks.
package main

import (
	"database/sql"
	"fmt"
	_ "modernc.org/sqlite"
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
	db, err := sql.Open("sqlite", "y.db?_pragma=journal_mode(WAL)")
	if err != nil {
		panic(err)
	}
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	_, err = db.Exec("create table t(id integer primary key, name text, v real)")
	must(err)
	tx, _ := db.Begin()
	for i := 0; i < 300; i++ {
		_, err = tx.Exec("insert into t(name,v) values(?,?)", fmt.Sprint("n", i%17), float64(i)*1.5)
		must(err)
	}
	must(tx.Commit())
	rows, err := db.Query("select name,count(*),sum(v) from t group by name order by name")
	must(err)
	for rows.Next() {
		var n string
		var c int
		var s float64
		rows.Scan(&n, &c, &s)
		fmt.Println(n, c, s)
	}
	var mode string
	db.QueryRow("pragma journal_mode").Scan(&mode)
	fmt.Println(mode)
	db.Close()
}
