// grpc-interop is grpc-go at one end of an interop case: the server, or the client of one case. The service and the cases are grpc-go's own
// (google.golang.org/grpc/interop); this is what starts them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/interop"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
)

const (
	usage = "usage: grpc-interop serve --listen ADDRESS | grpc-interop run --server ADDRESS --case NAME [--iterations COUNT]"
	// Times of the soak cases only end what hangs: how fast a shared machine is, is no question of interop.
	slowestIteration = time.Minute
	longestSoak      = 10 * time.Minute
	// Those of large_unary, as the cases are described.
	requestSize  = 271_828
	responseSize = 314_159
)

func main() {
	if err := start(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func start(arguments []string) error {
	if len(arguments) == 0 {
		return errors.New(usage)
	}
	flags := flag.NewFlagSet(arguments[0], flag.ExitOnError)
	switch arguments[0] {
	case "serve":
		listen := flags.String("listen", "127.0.0.1:0", "where to listen")
		_ = flags.Parse(arguments[1:])
		return serve(*listen)
	case "run":
		server := flags.String("server", "", "address of the server")
		name := flags.String("case", "", "name of the case")
		iterations := flags.Int("iterations", 1_000, "how often a soak case calls")
		_ = flags.Parse(arguments[1:])
		return run(*server, *name, *iterations)
	}
	return errors.New(usage)
}

// serve tells its address in one line and ends with its standard input, so that it never outlives who started it.
func serve(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	testgrpc.RegisterTestServiceServer(server, interop.NewTestServer())
	fmt.Println(listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		server.Stop()
	}()
	return server.Serve(listener)
}

// run plays one case. A case that fails ends the process with what it says (grpclog's Fatalf).
func run(address, name string, iterations int) error {
	connection, err := connect(address)
	if err != nil {
		return err
	}
	defer connection.Close()
	ctx := context.Background()
	client := testgrpc.NewTestServiceClient(connection)
	cases := map[string]func(){
		"empty_unary":                 func() { interop.DoEmptyUnaryCall(ctx, client) },
		"large_unary":                 func() { interop.DoLargeUnaryCall(ctx, client) },
		"client_streaming":            func() { interop.DoClientStreaming(ctx, client) },
		"server_streaming":            func() { interop.DoServerStreaming(ctx, client) },
		"ping_pong":                   func() { interop.DoPingPong(ctx, client) },
		"empty_stream":                func() { interop.DoEmptyStream(ctx, client) },
		"cancel_after_begin":          func() { interop.DoCancelAfterBegin(ctx, client) },
		"cancel_after_first_response": func() { interop.DoCancelAfterFirstResponse(ctx, client) },
		"timeout_on_sleeping_server":  func() { interop.DoTimeoutOnSleepingServer(ctx, client) },
		"status_code_and_message":     func() { interop.DoStatusCodeAndMessage(ctx, client) },
		"special_status_message":      func() { interop.DoSpecialStatusMessage(ctx, client) },
		"unimplemented_method":        func() { interop.DoUnimplementedMethod(ctx, connection) },
		"unimplemented_service": func() {
			interop.DoUnimplementedService(ctx, testgrpc.NewUnimplementedServiceClient(connection))
		},
		"custom_metadata": func() { interop.DoCustomMetadata(ctx, client) },
		"rpc_soak": func() {
			soak(ctx, address, iterations, func() (*grpc.ClientConn, func()) { return connection, func() {} })
		},
		"channel_soak": func() { soak(ctx, address, iterations, channelEach(address)) },
	}
	play, known := cases[name]
	if !known {
		return fmt.Errorf("%s: no such case", name)
	}
	play()
	return nil
}

func soak(ctx context.Context, address string, iterations int, channel func() (*grpc.ClientConn, func())) {
	interop.DoSoakTest(ctx, interop.SoakTestConfig{
		RequestSize:                      requestSize,
		ResponseSize:                     responseSize,
		PerIterationMaxAcceptableLatency: slowestIteration,
		OverallTimeout:                   longestSoak,
		ServerAddr:                       address,
		NumWorkers:                       1,
		Iterations:                       iterations,
		ChannelForTest:                   channel,
	})
}

// channelEach gives a new channel each time and closes the one before: DoSoakTest itself would close all of them at its end.
func channelEach(address string) func() (*grpc.ClientConn, func()) {
	var before *grpc.ClientConn
	return func() (*grpc.ClientConn, func()) {
		if before != nil {
			before.Close()
		}
		connection, err := connect(address)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		before = connection
		return connection, func() { connection.Close() }
	}
}

func connect(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(insecure.NewCredentials()))
}
