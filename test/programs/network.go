// Loopback TCP and Unix sockets, an HTTP server and its client inside one process: the poller parks and wakes goroutines.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	var wg sync.WaitGroup
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					fmt.Fprintln(conn, strings.ToUpper(lines.Text()))
				}
			}()
		}
	}()
	answers := make([]string, 5)
	for c := range answers {
		wg.Add(1)
		go func(c int) {
			defer wg.Done()
			conn, err := net.Dial("tcp", listener.Addr().String())
			check(err)
			defer conn.Close()
			in := bufio.NewReader(conn)
			for i := 0; i < 20; i++ {
				fmt.Fprintf(conn, "client %d line %d\n", c, i)
				answers[c], err = in.ReadString('\n')
				check(err)
			}
		}(c)
	}
	wg.Wait()
	fmt.Printf("%q\n", answers)
	listener.Close()
	_, err = listener.Accept()
	fmt.Println(err != nil)

	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(err)
	conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, _, err = conn.ReadFrom(make([]byte, 10))
	fmt.Println(err.(net.Error).Timeout())
	conn.Close()

	path := fmt.Sprintf("/tmp/gobuf-network-%d", os.Getpid())
	unix, err := net.Listen("unix", path)
	check(err)
	go func() {
		peer, err := unix.Accept()
		check(err)
		io.Copy(peer, peer)
		peer.Close()
	}()
	client, err := net.Dial("unix", path)
	check(err)
	fmt.Fprint(client, "echo over a unix socket")
	client.(*net.UnixConn).CloseWrite()
	echo, err := io.ReadAll(client)
	fmt.Println(string(echo), err)
	unix.Close()

	web, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go http.Serve(web, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Length", fmt.Sprint(len(body)))
		fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.Path, body)
	}))
	response, err := http.Post("http://"+web.Addr().String()+"/path", "text/plain", strings.NewReader(strings.Repeat("body ", 3)))
	check(err)
	body, err := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, response.Header.Get("X-Length"), string(body), err)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
