// Signals to oneself: Notify, Ignore, Reset, and a pipe whose reader has gone.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	got := make(chan os.Signal, 4)
	signal.Notify(got, syscall.SIGUSR1, syscall.SIGHUP, syscall.SIGTERM)
	for _, s := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGHUP, syscall.SIGTERM} {
		if err := syscall.Kill(os.Getpid(), s); err != nil {
			panic(err)
		}
		fmt.Println(<-got)
	}
	signal.Ignore(syscall.SIGHUP)
	syscall.Kill(os.Getpid(), syscall.SIGHUP)
	fmt.Println(signal.Ignored(syscall.SIGHUP))
	select {
	case s := <-got:
		fmt.Println("unexpected", s)
	case <-time.After(20 * time.Millisecond):
	}
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	go func() { fmt.Fprint(w, "through a pipe"); w.Close() }()
	buffer := make([]byte, 100)
	n, err := r.Read(buffer)
	fmt.Println(string(buffer[:n]), err)
	r.Close()
	r, w, _ = os.Pipe()
	r.Close()
	_, err = w.Write([]byte("x"))
	fmt.Println(errors.Is(err, syscall.EPIPE))
	signal.Reset(syscall.SIGTERM)
	fmt.Println("ending by SIGTERM")
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
	time.Sleep(time.Second)
	fmt.Println("never printed")
}
