// os.Args, the environment, the working directory and a chosen exit status.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

func main() {
	fmt.Println(len(os.Args), filepath.Base(os.Args[0]))
	for i, arg := range os.Args[1:] {
		fmt.Printf("%d %q\n", i, arg)
	}
	flags := flag.NewFlagSet("x", flag.ContinueOnError)
	n := flags.Int("n", 1, "a number")
	s := flags.String("s", "", "a text")
	fmt.Println(flags.Parse(os.Args[1:]), *n, *s, flags.Args())
	value, found := os.LookupEnv("GREETING")
	fmt.Println(value, found, os.Getenv("EMPTY") == "", os.ExpandEnv("<$GREETING>"), len(os.Getenv("LONG")))
	_, found = os.LookupEnv("NOT_THERE_AT_ALL")
	fmt.Println(found, runtime.GOOS, runtime.GOARCH)
	dir, err := os.Getwd()
	exe, errExe := os.Executable()
	fmt.Println(filepath.Base(dir), err, filepath.Base(exe), errExe, filepath.Dir(exe) == dir)
	os.Exit(*n)
}
