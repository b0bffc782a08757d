// HTTP and WebSocket over loopback, with gin and gorilla/websocket.
package main

import (
	"fmt"
	"github.com/gin-gonic/gin"
	"github.com/gorilla/websocket"
	"io"
	"net"
	"net/http"
	"strings"
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.GET("/hi/:name", func(c *gin.Context) { c.JSON(200, gin.H{"hi": c.Param("name")}) })
	up := websocket.Upgrader{}
	r.GET("/ws", func(c *gin.Context) {
		k, err := up.Upgrade(c.Writer, c.Request, nil)
		if err != nil {
			return
		}
		for {
			t, m, err := k.ReadMessage()
			if err != nil {
				return
			}
			k.WriteMessage(t, []byte(strings.ToUpper(string(m))))
		}
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(l, r)
	for i := 0; i < 5; i++ {
		res, err := http.Get(fmt.Sprintf("http://%s/hi/n%d", l.Addr(), i))
		if err != nil {
			panic(err)
		}
		b, _ := io.ReadAll(res.Body)
		fmt.Println(res.StatusCode, string(b))
		res.Body.Close()
	}
	k, _, err := websocket.DefaultDialer.Dial("ws://"+l.Addr().String()+"/ws", nil)
	if err != nil {
		panic(err)
	}
	for _, s := range []string{"a", "hello", "xyz"} {
		k.WriteMessage(1, []byte(s))
		_, m, _ := k.ReadMessage()
		fmt.Println(string(m))
	}
}
