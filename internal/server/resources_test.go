package server_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"go.uber.org/goleak"

	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// TestSlowReader: a board that is not read keeps nobody from theirs, makes the server keep nothing, and does not keep
// it from stopping.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	conn, err := net.Dial("tcp", w.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /utsendt.dispatch.v1.DispatchService/WatchBoard HTTP/1.1\r\nHost: x\r\nContent-Type: application/connect+proto\r\n"+
		"Authorization: Bearer %s\r\nContent-Length: 5\r\n\r\n\x00\x00\x00\x00\x00", w.token(t, w.dispatcher))

	request := w.open(t, w.devices[1], strings.Repeat("👍", 4000)) // 16 kB, sent whole with every change
	stream, err := w.dispatcher.Dispatch.WatchBoard(ctx, &dispatchv1.WatchBoardRequest{})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan int64, 10_000)
	go func() {
		defer close(seen)
		for stream.Receive() {
			if r := stream.Msg().GetRequest(); r.GetId() == request.Id {
				seen <- r.Version
			}
		}
	}()
	before := heap()
	last := int64(0)
	for range 600 { // ten megabytes, more than the system keeps for a connection
		res, err := w.dispatcher.Dispatch.AddNote(ctx, &dispatchv1.AddNoteRequest{OperationId: uuid.NewString(), RequestId: request.Id, Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		last = res.Request.Version
	}
	for v := int64(0); v < last; {
		v = within(t, "the last version", seen)
	}
	if grown := int64(heap()) - int64(before); grown > 64<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
	begun := time.Now()
	if err := w.Stop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("stopping took %v", took)
	}
	for open := true; open; {
		_, open = <-seen // until the stream has ended
	}
	if err := stream.Err(); connect.CodeOf(err) != connect.CodeUnavailable {
		t.Errorf("the stream ended with %v", err)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestNothingLeftBehind must run alone: it looks at all goroutines after a server with open streams stopped.
func TestNothingLeftBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("a server and its clients", func(t *testing.T) {
		w := newWorld(t)
		for range 20 {
			began, _ := outcome(w.customer.Portal.WatchRequest(t.Context(), &portalv1.WatchRequestRequest{Id: w.request.Id}))
			within(t, "the first message", began)
		}
		leaving, leave := context.WithCancel(t.Context())
		began, ended := outcome(w.dispatcher.Dispatch.WatchBoard(leaving, &dispatchv1.WatchBoardRequest{}))
		within(t, "the first message", began)
		leave()
		if err := within(t, "the end", ended); !errors.Is(err, context.Canceled) && connect.CodeOf(err) != connect.CodeCanceled {
			t.Error(err)
		}
		silent(t, w, w.technician.Token)
		if err := w.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}
