// gRPC over loopback.
package main

import (
	"context"
	"fmt"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	pb "google.golang.org/grpc/examples/helloworld/helloworld"
	"net"
)

type srv struct{ pb.UnimplementedGreeterServer }

func (srv) SayHello(_ context.Context, r *pb.HelloRequest) (*pb.HelloReply, error) {
	return &pb.HelloReply{Message: "Hello " + r.Name}, nil
}
func main() {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	s := grpc.NewServer()
	pb.RegisterGreeterServer(s, srv{})
	go s.Serve(l)
	c, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	g := pb.NewGreeterClient(c)
	for i := 0; i < 5; i++ {
		r, err := g.SayHello(context.Background(), &pb.HelloRequest{Name: fmt.Sprint(i)})
		fmt.Println(r.GetMessage(), err)
	}
	s.Stop()
}
