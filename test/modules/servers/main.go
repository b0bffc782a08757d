// Servers and their clients in one program: NATS, Redis, fasthttp.
package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/redis/go-redis/v9"
	"github.com/valyala/fasthttp"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func messages() {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true})
	check(err)
	go s.Start()
	fmt.Println(s.ReadyForConnections(10 * time.Second))
	c, err := nats.Connect(s.ClientURL())
	check(err)
	_, err = c.Subscribe("double", func(m *nats.Msg) { check(m.Respond(append(m.Data, m.Data...))) })
	check(err)
	for i := 0; i < 5; i++ {
		answer, err := c.Request("double", []byte(fmt.Sprint(i)), 5*time.Second)
		check(err)
		fmt.Println(string(answer.Data))
	}
	c.Close()
	s.Shutdown()
}

func keys() {
	s, err := miniredis.Run()
	check(err)
	defer s.Close()
	ctx, c := context.Background(), redis.NewClient(&redis.Options{Addr: s.Addr()})
	defer c.Close()
	for i := 0; i < 20; i++ {
		check(c.ZAdd(ctx, "board", redis.Z{Score: float64(i * 7 % 20), Member: fmt.Sprint("p", i)}).Err())
	}
	top, err := c.ZRevRange(ctx, "board", 0, 4).Result()
	fmt.Println(top, err)
	n, err := c.Incr(ctx, "n").Result()
	fmt.Println(n, err)
}

func pages() {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	check(err)
	s := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) { fmt.Fprintf(ctx, "%s?%s", ctx.Path(), ctx.QueryArgs().Peek("q")) }}
	go s.Serve(l)
	for i := 0; i < 3; i++ {
		status, body, err := fasthttp.Get(nil, fmt.Sprintf("http://%s/page%d?q=%d", l.Addr(), i, i*i))
		fmt.Println(status, string(body), err)
	}
	check(s.Shutdown())
}

func main() {
	messages()
	keys()
	pages()
}
