// QUIC over loopback: UDP, TLS 1.3, timers.
package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"github.com/quic-go/quic-go"
	"io"
	"math/big"
	"time"
)

func main() {
	pub, priv, _ := ed25519.GenerateKey(rand.Reader)
	t := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(1e15)}
	der, err := x509.CreateCertificate(rand.Reader, t, t, pub, priv)
	if err != nil {
		panic(err)
	}
	sc := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: priv}}, NextProtos: []string{"x"}}
	l, err := quic.ListenAddr("127.0.0.1:0", sc, nil)
	if err != nil {
		panic(err)
	}
	go func() {
		c, err := l.Accept(context.Background())
		if err != nil {
			return
		}
		s, _ := c.AcceptStream(context.Background())
		b, _ := io.ReadAll(s)
		s.Write([]byte("got " + string(b)))
		s.Close()
	}()
	c, err := quic.DialAddr(context.Background(), l.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"x"}}, nil)
	if err != nil {
		panic(err)
	}
	s, _ := c.OpenStreamSync(context.Background())
	s.Write([]byte("hello"))
	s.Close()
	b, err := io.ReadAll(s)
	fmt.Println(string(b), err)
}
