package server_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// outcome reads a stream to its end and gives its error; began is closed with the first message.
func outcome[T any](stream *connect.ServerStreamForClient[T], err error) (began <-chan struct{}, ended <-chan error) {
	first, last := make(chan struct{}), make(chan error, 1)
	go func() {
		if err != nil {
			last <- err
			return
		}
		defer stream.Close()
		for n := 0; stream.Receive(); n++ {
			if n == 0 {
				close(first)
			}
		}
		last <- stream.Err()
	}()
	return first, last
}

func within[T any](t *testing.T, what string, ch <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(time.Minute):
		t.Fatalf("%s did not come in a minute", what)
	}
	return v
}

// silent opens a stream of positions, sends nothing, and gives what the server says of it in the end.
func silent(t *testing.T, w *world, token string) <-chan error {
	t.Helper()
	conn, err := grpc.NewClient(w.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	p := &grpcPhone{conn: conn, token: token}
	stream, err := conn.NewStream(p.with(t.Context()), &grpc.StreamDesc{ClientStreams: true}, mobileService+"StreamPositions")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		err := stream.RecvMsg(&mobilev1.StreamPositionsResponse{})
		code, f := p.fault(err)
		ended <- fmt.Errorf("%v: %s", code, f.GetReason())
	}()
	return ended
}

// TestRestart stops a server that has streams of every kind open: each is told to come back, does, and goes on.
func TestRestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	var ended []<-chan error
	for _, options := range [][]connect.ClientOption{nil, {connect.WithGRPC()}, {connect.WithGRPCWeb()}, {connect.WithProtoJSON()}} {
		phone := w.Bearer(t, w.technician.Token, options...)
		board := w.Bearer(t, w.token(t, w.dispatcher), options...)
		page := w.Bearer(t, w.token(t, w.customer), options...)
		b1, e1 := outcome(page.Portal.WatchRequest(ctx, &portalv1.WatchRequestRequest{Id: w.request.Id}))
		b2, e2 := outcome(phone.Mobile.WatchJobs(ctx, &mobilev1.WatchJobsRequest{}))
		b3, e3 := outcome(board.Dispatch.WatchBoard(ctx, &dispatchv1.WatchBoardRequest{}))
		for _, began := range []<-chan struct{}{b1, b2, b3} {
			within(t, "the first message", began)
		}
		ended = append(ended, e1, e2, e3)
	}
	positions := silent(t, w, w.technician.Token)
	within(t, "a call after it", func() <-chan error { // so that the silent stream is open for sure
		ch := make(chan error, 1)
		ch <- second(w.technician.Mobile.GetMe(ctx, &mobilev1.GetMeRequest{}))
		return ch
	}())
	begun := time.Now()
	if err := w.Stop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("stopping took %v: something had to be cut off", took)
	}
	for i, ch := range ended {
		if err := within(t, "the end", ch); connect.CodeOf(err) != connect.CodeUnavailable || faultOf(err).GetReason() != "server_stopping" {
			t.Errorf("stream %d ended with %v", i, err)
		}
	}
	if err := within(t, "the end", positions); err.Error() != "unavailable: server_stopping" {
		t.Errorf("the stream of positions ended with %v", err)
	}
	servertest.Start(t, servertest.Options{DatabaseURL: w.DatabaseURL, Listen: w.Address})
	began, _ := outcome(w.customer.Portal.WatchRequest(ctx, &portalv1.WatchRequestRequest{Id: w.request.Id}))
	within(t, "the page again", began)
	jobs, err := w.technician.Mobile.ListJobs(ctx, &mobilev1.ListJobsRequest{})
	if err != nil || len(jobs.Jobs) != 1 {
		t.Errorf("after the restart: %v %v", jobs, err)
	}
}

// TestRevokedInTheMiddle: when a session ends, so do its streams, also one that waits for the phone.
func TestRevokedInTheMiddle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	began, ended := outcome(w.technician.Mobile.WatchJobs(t.Context(), &mobilev1.WatchJobsRequest{}))
	within(t, "the first message", began)
	positions := silent(t, w, w.technician.Token)
	other, stays := outcome(w.colleague.Mobile.WatchJobs(t.Context(), &mobilev1.WatchJobsRequest{}))
	within(t, "the first message", other)
	if _, err := w.DB.ExecContext(t.Context(), `UPDATE sessions SET revoked_at = now() WHERE token_hash = sha256(?::text::bytea)`, w.technician.Token); err != nil {
		t.Fatal(err)
	}
	if err := within(t, "the end", ended); connect.CodeOf(err) != connect.CodeUnauthenticated || faultOf(err).GetReason() != "session_over" {
		t.Errorf("the stream ended with %v", err)
	}
	if err := within(t, "the end", positions); err.Error() != "unauthenticated: session_over" {
		t.Errorf("the stream of positions ended with %v", err)
	}
	select {
	case err := <-stays:
		t.Errorf("a colleague's stream ended too: %v", err)
	default:
	}
}

// TestManyPages has 300 pages open on a company's requests, changes them all, and ends them: every page sees the end.
func TestManyPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	requests := []*portalv1.Request{w.request}
	for _, d := range w.devices[1:] {
		requests = append(requests, w.open(t, d, "mange"))
	}
	token := w.token(t, w.customer)
	type end struct {
		request  int
		state    dispatchv1.RequestState
		version  int64
		messages int
		err      error
	}
	const pages = 300
	ready, ends := make(chan struct{}, pages), make(chan end, pages)
	clients := []*servertest.Person{w.Bearer(t, token), w.Bearer(t, token), w.Bearer(t, token, connect.WithGRPC())}
	for i := range pages {
		go func() {
			e := end{request: i % len(requests)}
			stream, err := clients[i%len(clients)].Portal.WatchRequest(ctx, &portalv1.WatchRequestRequest{Id: requests[e.request].Id})
			if err != nil {
				ready <- struct{}{}
				ends <- end{err: err}
				return
			}
			defer stream.Close()
			for stream.Receive() {
				if m := stream.Msg(); m.Request != nil {
					if m.Request.Version < e.version {
						t.Errorf("version %d after %d", m.Request.Version, e.version)
					}
					e.state, e.version = m.Request.State, m.Request.Version
					if e.messages++; e.messages == 1 {
						ready <- struct{}{}
					}
				}
			}
			e.err = stream.Err()
			ends <- e
		}()
	}
	for range pages {
		within(t, "a page", ready)
	}
	final := make([]int64, len(requests))
	var group sync.WaitGroup
	for i, r := range requests {
		group.Go(func() {
			for n := range 5 {
				if _, err := w.dispatcher.Dispatch.AddNote(ctx, &dispatchv1.AddNoteRequest{
					OperationId: uuid.NewString(), RequestId: r.Id, Text: fmt.Sprint("note ", n),
				}); err != nil {
					t.Error(err)
				}
			}
			res, err := w.dispatcher.Dispatch.Cancel(ctx, &dispatchv1.CancelRequest{OperationId: uuid.NewString(), RequestId: r.Id, Reason: "slutt"})
			if err != nil {
				t.Error(err)
				return
			}
			final[i] = res.Request.Version
		})
	}
	group.Wait()
	for range pages {
		e := within(t, "a page's end", ends)
		if e.err != nil || e.state != dispatchv1.RequestState_REQUEST_STATE_CANCELLED || e.version != final[e.request] {
			t.Errorf("a page ended with %v at version %d of %d: %v", e.state, e.version, final[e.request], e.err)
		}
	}
}
