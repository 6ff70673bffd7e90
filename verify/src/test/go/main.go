// Command verify calls grpc.testing.TestService by grpc-go. Usage: verify HOST:PORT
// [ROOTS.PEM]. It prints a line for each scene that holds and exits at the first that does not.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	pb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	reflection "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
)

type scenes struct {
	conn   *grpc.ClientConn
	client pb.TestServiceClient
}

func main() {
	conn, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(security()))
	check(err)
	defer conn.Close()
	s := &scenes{conn, pb.NewTestServiceClient(conn)}
	run("reflection", s.reflection)
	run("unary", s.unary)
	run("server_streaming", s.serverStreaming)
	run("client_streaming", s.clientStreaming)
	run("both_streaming", s.bothStreaming)
	run("compression", s.compression)
	run("deadline", s.deadline)
	run("cancel", s.cancel)
	run("metadata", s.metadata)
	run("status", s.status)
	run("unimplemented", s.unimplemented)
}

func security() credentials.TransportCredentials {
	if len(os.Args) < 3 {
		return insecure.NewCredentials()
	}
	tls, err := credentials.NewClientTLSFromFile(os.Args[2], "foo.test.google.fr")
	check(err)
	return tls
}

func (s *scenes) reflection(ctx context.Context) {
	stream, err := reflection.NewServerReflectionClient(s.conn).ServerReflectionInfo(ctx)
	check(err)
	check(stream.Send(&reflection.ServerReflectionRequest{
		MessageRequest: &reflection.ServerReflectionRequest_ListServices{},
	}))
	answer, err := stream.Recv()
	check(err)
	names := map[string]bool{}
	for _, service := range answer.GetListServicesResponse().GetService() {
		names[service.GetName()] = true
	}
	expect(names["grpc.testing.TestService"] && names["grpc.health.v1.Health"], "services", names)
	check(stream.CloseSend())
	_, err = stream.Recv()
	expect(err == io.EOF, "end", err)
}

func (s *scenes) unary(ctx context.Context) {
	answer, err := s.client.UnaryCall(ctx, &pb.SimpleRequest{
		ResponseSize: 300_000,
		Payload:      &pb.Payload{Body: make([]byte, 200_000)},
	})
	check(err)
	expect(len(answer.GetPayload().GetBody()) == 300_000, "size", len(answer.GetPayload().GetBody()))
}

func (s *scenes) serverStreaming(ctx context.Context) {
	stream, err := s.client.StreamingOutputCall(ctx, sized(0, 1, 70_000, 3))
	check(err)
	for _, size := range []int{1, 70_000, 3} {
		answer, err := stream.Recv()
		check(err)
		expect(len(answer.GetPayload().GetBody()) == size, "size", size)
	}
	_, err = stream.Recv()
	expect(err == io.EOF, "end", err)
}

func (s *scenes) clientStreaming(ctx context.Context) {
	stream, err := s.client.StreamingInputCall(ctx)
	check(err)
	for _, size := range []int{10, 20_000, 30} {
		check(stream.Send(&pb.StreamingInputCallRequest{Payload: &pb.Payload{Body: make([]byte, size)}}))
	}
	answer, err := stream.CloseAndRecv()
	check(err)
	expect(answer.GetAggregatedPayloadSize() == 20_040, "sum", answer)
}

func (s *scenes) bothStreaming(ctx context.Context) {
	stream, err := s.client.FullDuplexCall(ctx)
	check(err)
	for _, size := range []int{31_415, 9, 2_653} {
		check(stream.Send(sized(0, int32(size))))
		answer, err := stream.Recv()
		check(err)
		expect(len(answer.GetPayload().GetBody()) == size, "size", size)
	}
	check(stream.CloseSend())
	_, err = stream.Recv()
	expect(err == io.EOF, "end", err)
}

func (s *scenes) compression(ctx context.Context) {
	answer, err := s.client.UnaryCall(ctx, &pb.SimpleRequest{
		ResponseSize: 1_000,
		Payload:      &pb.Payload{Body: make([]byte, 100_000)},
	}, grpc.UseCompressor(gzip.Name))
	check(err)
	expect(len(answer.GetPayload().GetBody()) == 1_000, "size", answer)
}

func (s *scenes) deadline(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	stream, err := s.client.StreamingOutputCall(ctx, sized(5_000_000, 1, 1))
	check(err)
	_, err = stream.Recv()
	expect(status.Code(err) == codes.DeadlineExceeded, "code", err)
	expect(time.Since(start) < 4*time.Second, "time", time.Since(start))
}

func (s *scenes) cancel(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := s.client.StreamingOutputCall(ctx, sized(2_000_000, 5, 5))
	check(err)
	_, err = stream.Recv()
	check(err)
	cancel()
	_, err = stream.Recv()
	expect(status.Code(err) == codes.Canceled, "code", err)
}

func (s *scenes) metadata(ctx context.Context) {
	ctx = metadata.AppendToOutgoingContext(ctx,
		"x-grpc-test-echo-initial", "first", "x-grpc-test-echo-trailing-bin", "\x00\xab\xff")
	var header, trailer metadata.MD
	_, err := s.client.UnaryCall(ctx, &pb.SimpleRequest{ResponseSize: 1},
		grpc.Header(&header), grpc.Trailer(&trailer))
	check(err)
	first, last := header.Get("x-grpc-test-echo-initial"), trailer.Get("x-grpc-test-echo-trailing-bin")
	expect(len(first) == 1 && first[0] == "first", "initial", header)
	expect(len(last) == 1 && last[0] == "\x00\xab\xff", "trailing", trailer)
}

func (s *scenes) status(ctx context.Context) {
	text := "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
	_, err := s.client.UnaryCall(ctx, &pb.SimpleRequest{
		ResponseStatus: &pb.EchoStatus{Code: 2, Message: text},
	})
	expect(status.Code(err) == codes.Unknown, "code", err)
	expect(status.Convert(err).Message() == text, "text", err)
}

func (s *scenes) unimplemented(ctx context.Context) {
	_, err := s.client.UnimplementedCall(ctx, &pb.Empty{})
	expect(status.Code(err) == codes.Unimplemented, "code", err)
	_, err = pb.NewUnimplementedServiceClient(s.conn).UnimplementedCall(ctx, &pb.Empty{})
	expect(status.Code(err) == codes.Unimplemented, "code", err)
}

func sized(pauseMicros int32, sizes ...int32) *pb.StreamingOutputCallRequest {
	request := &pb.StreamingOutputCallRequest{}
	for _, size := range sizes {
		request.ResponseParameters = append(request.ResponseParameters,
			&pb.ResponseParameters{Size: size, IntervalUs: pauseMicros})
	}
	return request
}

func run(name string, scene func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	scene(ctx)
	fmt.Println("PASS", name)
}

func check(err error) {
	expect(err == nil, "error", err)
}

func expect(holds bool, what string, found any) {
	if holds {
		return
	}
	fmt.Printf("FAIL %s: found %v\n", what, found)
	panic(what)
}
