package rpc_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"connectrpc.com/connect"

	"utsendt/internal/rpc"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
)

// patience is how long a body may take in these tests.
const patience = 300 * time.Millisecond

// TestBodiesThatNeverComeAreGivenUp sends the beginning of a body and no more: to pages that read none, to another site's
// refusal, to calls and streams. Whoever does that must not hold the connection.
func TestBodiesThatNeverComeAreGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := httptest.NewServer(w.patient(t))
	t.Cleanup(server.Close)
	token, _ := w.bearer(t, "known")
	for name, head := range map[string]string{
		"page":                     "/page HTTP/1.1\r\n",
		"another site's page":      mobilev1connect.MobileServiceGetMeProcedure + " HTTP/1.1\r\nContent-Type: application/json\r\nOrigin: https://evil.example\r\n",
		"call of nobody":           mobilev1connect.MobileServiceGetMeProcedure + " HTTP/1.1\r\nContent-Type: application/json\r\n",
		"call":                     mobilev1connect.MobileServiceGetMeProcedure + " HTTP/1.1\r\nContent-Type: application/json\r\nAuthorization: Bearer " + token + "\r\n",
		"stream of nobody":         mobilev1connect.MobileServiceWatchJobsProcedure + " HTTP/1.1\r\nContent-Type: application/connect+json\r\n",
		"stream":                   mobilev1connect.MobileServiceWatchJobsProcedure + " HTTP/1.1\r\nContent-Type: application/connect+json\r\nAuthorization: Bearer " + token + "\r\n",
		"positions of nobody":      mobilev1connect.MobileServiceStreamPositionsProcedure + " HTTP/1.1\r\nContent-Type: application/connect+json\r\n",
		"what there is nothing at": "/utsendt.nothing.v1.X/Y HTTP/1.1\r\nContent-Type: application/json\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := fmt.Fprintf(conn, "POST %sHost: x\r\nContent-Length: 100\r\n\r\n{", head); err != nil {
				t.Fatal(err)
			}
			_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
			if _, err := io.Copy(io.Discard, bufio.NewReader(conn)); err != nil {
				t.Errorf("the connection is held: %v", err)
			}
		})
	}
}

// TestStreamsOutliveTheTimeOfTheirBody: what a stream sends or hears may take as long as it likes.
func TestStreamsOutliveTheTimeOfTheirBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.bearer(t, "known")
	server := httptest.NewUnstartedServer(w.patient(t))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	w.server = server
	w.phone.watch = func(ctx context.Context, s *connect.ServerStream[mobilev1.WatchJobsResponse]) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(4 * patience):
			return s.Send(&mobilev1.WatchJobsResponse{})
		}
	}
	w.phone.stream = func(_ context.Context, s *connect.ClientStream[mobilev1.StreamPositionsRequest]) error {
		for s.Receive() {
		}
		return s.Err()
	}
	for name, options := range protocols {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := w.client(token, options...)
			stream, err := client.WatchJobs(t.Context(), &mobilev1.WatchJobsRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if !stream.Receive() {
				t.Errorf("what is heard ended early: %v", stream.Err())
			}
			sending, err := client.StreamPositions(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if err := sending.Send(positions()); err != nil {
					t.Fatalf("what is sent ended early: %v", err)
				}
				time.Sleep(2 * patience)
			}
			if _, err := sending.CloseAndReceive(); err != nil {
				t.Errorf("what is sent ended early: %v", err)
			}
		})
	}
}

// patient serves the world's phone with little patience for bodies.
func (w *world) patient(t *testing.T) http.Handler {
	t.Helper()
	options, err := rpc.Options(rpc.Config{People: w.people, Access: mobileAccess})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(mobilev1connect.NewMobileServiceHandler(w.phone, options...))
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusMethodNotAllowed) })
	handler, err := rpc.Edge{BodyTime: patience}.Wrap(mux)
	if err != nil {
		t.Fatal(err)
	}
	return handler
}
