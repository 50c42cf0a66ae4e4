package server_test

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// outage takes the database away from a server as a restart of PostgreSQL does: nobody is let in, and every connection breaks in
// the middle of what it does. It comes back when the returned function is called.
func outage(t *testing.T, databaseURL string) (back func()) {
	t.Helper()
	base, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	name := base.Path[1:]
	base.Path = "/postgres"
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	admin, err := pgx.Connect(ctx, base.String())
	if err != nil {
		t.Fatal(err)
	}
	do := func(statement string, args ...any) {
		if _, err := admin.Exec(context.Background(), statement, args...); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	allow := fmt.Sprintf("ALTER DATABASE %s ALLOW_CONNECTIONS ", pgx.Identifier{name}.Sanitize())
	do(allow + "false")
	do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
	return func() {
		do(allow + "true")
		_ = admin.Close(context.Background()) // nothing depends on it
	}
}

// TestDatabaseRestarts takes the database away again and again while people work. Whoever is refused is told that it is away, not
// that something is wrong; what they send again is done once; open pages go on, and no message is lost or sent twice.
func TestDatabaseRestarts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var repeats, wrong atomic.Int64
	var notes sync.Map
	var stop atomic.Bool
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for n := 0; !stop.Load(); n++ {
				text := fmt.Sprintf("note %d of %d", n, i)
				_, err := persist(ctx, &repeats, func(ctx context.Context, req *dispatchv1.AddNoteRequest) (*dispatchv1.AddNoteResponse, error) {
					res, err := w.dispatcher.Dispatch.AddNote(ctx, req)
					if connect.CodeOf(err) == connect.CodeInternal && err != nil {
						wrong.Add(1)
					}
					return res, err
				}, &dispatchv1.AddNoteRequest{OperationId: uuid.NewString(), RequestId: w.request.Id, Text: text})
				if err != nil {
					t.Errorf("%s: %v", text, err)
					return
				}
				notes.Store(text, true)
			}
		})
	}
	// A page that comes back by itself whenever its stream ends, as ours do.
	var version atomic.Int64
	group.Go(func() {
		for !stop.Load() {
			watching, end := context.WithCancel(ctx)
			stream, err := w.customer.Portal.WatchRequest(watching, &portalv1.WatchRequestRequest{Id: w.request.Id})
			for err == nil && !stop.Load() && stream.Receive() {
				if r := stream.Msg().GetRequest(); r != nil {
					version.Store(max(version.Load(), int64(r.Version)))
				}
			}
			if err == nil && stream.Err() != nil && connect.CodeOf(stream.Err()) == connect.CodeInternal {
				wrong.Add(1)
			}
			end()
			time.Sleep(20 * time.Millisecond)
		}
	})
	for range 3 {
		eventually(t, "people work", func() bool { n := count(&notes); time.Sleep(50 * time.Millisecond); return count(&notes) > n })
		back := outage(t, w.DatabaseURL)
		refused := repeats.Load()
		eventually(t, "people are refused", func() bool { return repeats.Load() > refused })
		back()
	}
	done := count(&notes)
	eventually(t, "people go on", func() bool { return count(&notes) > done })
	// What happens now is on the page, and in the messages.
	en := &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: w.request.Id}
	moved, err := persist(ctx, &repeats, w.technician.Mobile.EnRoute, en)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the page shows it", func() bool { return version.Load() >= int64(moved.Job.Version) })
	stop.Store(true)
	cancelled := make(chan struct{})
	go func() { group.Wait(); close(cancelled) }()
	// The page waits for its next message.
	if _, err := w.dispatcher.Dispatch.AddNote(ctx, &dispatchv1.AddNoteRequest{OperationId: uuid.NewString(), RequestId: w.request.Id, Text: "the last"}); err != nil {
		t.Error(err)
	}
	select {
	case <-cancelled:
	case <-time.After(45 * time.Second): // a heartbeat
		cancel()
		<-cancelled
	}
	if n := wrong.Load(); n > 0 {
		t.Errorf("%d times it was said that something is wrong", n)
	}
	history, err := w.dispatcher.Dispatch.GetRequest(t.Context(), &dispatchv1.GetRequestRequest{Id: w.request.Id})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, a := range history.Activities {
		seen[a.Text]++
	}
	notes.Range(func(text, _ any) bool {
		if seen[text.(string)] != 1 {
			t.Errorf("%s is there %d times", text, seen[text.(string)])
		}
		return true
	})
	w.quiet(t)
	var told int
	if err := w.DB.NewRaw(`SELECT count(*) FROM notifications WHERE subject_id = ? AND kind = 'en_route'`, w.request.Id).Scan(t.Context(), &told); err != nil || told != 1 {
		var kinds []string
		_ = w.DB.NewRaw(`SELECT kind FROM notifications WHERE subject_id = ?`, w.request.Id).Scan(t.Context(), &kinds)
		t.Errorf("the customer was told %d times that the technician is on the way (%v), %v", told, kinds, err)
	}
	dispatchtest.CheckInvariants(t, w.DB.DB)
	t.Logf("%d notes, %d sent again", count(&notes), repeats.Load())
}

func count(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

// TestNoConnectionLeft: while others hold every connection of the pool, a call waits no longer than its caller, and nothing of it
// is done; afterwards all goes on, and what was open stays open.
func TestNoConnectionLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	began, ended := outcome(w.customer.Portal.WatchRequest(t.Context(), &portalv1.WatchRequestRequest{Id: w.request.Id}))
	within(t, "the first message", began)
	var held []func()
	for range w.DB.Pool.Config().MaxConns {
		conn, err := w.DB.Pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn.Release)
	}
	req := &dispatchv1.AddNoteRequest{OperationId: uuid.NewString(), RequestId: w.request.Id, Text: "waits"}
	for range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		_, err := w.dispatcher.Dispatch.AddNote(ctx, req)
		cancel()
		if code := connect.CodeOf(err); code != connect.CodeDeadlineExceeded && code != connect.CodeUnavailable {
			t.Errorf("without a connection: %v", err)
		}
	}
	for _, release := range held {
		release()
	}
	if _, err := w.dispatcher.Dispatch.AddNote(t.Context(), req); err != nil {
		t.Error(err)
	}
	var notes int
	if err := w.DB.NewRaw(`SELECT count(*) FROM activities WHERE request_id = ? AND text = 'waits'`, w.request.Id).Scan(t.Context(), &notes); err != nil || notes != 1 {
		t.Errorf("%d notes, %v", notes, err)
	}
	select {
	case err := <-ended:
		t.Errorf("the page ended: %v", err)
	default:
	}
}

// TestDiskFull: when the database has no room, a photo is refused as something to try again, nothing of it stays, and the same
// operation stores it when there is room.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.DB.ExecContext(t.Context(), `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"blobs", "visit_file_pieces", "reading_upload_pieces"} {
		if _, err := w.DB.ExecContext(t.Context(), `CREATE TRIGGER full_disk BEFORE INSERT ON `+table+` EXECUTE FUNCTION full_disk()`); err != nil {
			t.Fatal(err)
		}
	}
	before := w.digest(t)
	upload := &portalv1.UploadPhotoRequest{OperationId: uuid.NewString(), Data: photo(t, 11)}
	_, err := w.customer.Photos.UploadPhoto(t.Context(), upload)
	if connect.CodeOf(err) != connect.CodeUnavailable || faultOf(err).GetReason() != "database_away" {
		t.Errorf("without room: %v", err)
	}
	append := &mobilev1.AppendUploadRequest{UploadId: w.visitUpload, Data: photo(t, 5)[:100]}
	if _, err := w.technician.Mobile.AppendUpload(t.Context(), append); connect.CodeOf(err) != connect.CodeUnavailable {
		t.Errorf("without room for a piece: %v", err)
	}
	w.unchanged(t, before)
	for _, table := range []string{"blobs", "visit_file_pieces", "reading_upload_pieces"} {
		if _, err := w.DB.ExecContext(t.Context(), `DROP TRIGGER full_disk ON `+table); err != nil {
			t.Fatal(err)
		}
	}
	if res, err := w.customer.Photos.UploadPhoto(t.Context(), upload); err != nil || res.Photo.Id == "" {
		t.Errorf("with room again: %v", err)
	}
	if _, err := w.technician.Mobile.AppendUpload(t.Context(), append); err != nil {
		t.Errorf("a piece with room again: %v", err)
	}
}

// TestClockJumps: the clock of the server's machine is put an hour forward and back again under open pages and work under way.
// Nobody is signed out, no step is refused or done twice, and pages go on.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	first := newWorld(t)
	clock := &movingClock{}
	turned := servertest.Start(t, servertest.Options{DatabaseURL: first.DatabaseURL, Change: func(cfg *server.Config) { cfg.Clock = clock.now }})
	customer, phone, office := turned.Bearer(t, first.token(t, first.customer)), turned.Bearer(t, first.technician.Token), turned.Bearer(t, first.token(t, first.dispatcher))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	stream, err := customer.Portal.WatchRequest(ctx, &portalv1.WatchRequestRequest{Id: first.request.Id})
	if err != nil || !stream.Receive() {
		t.Fatal(err, stream.Err())
	}
	var version int64
	step := func(what string, jump time.Duration, call func(*mobilev1.Operation) (*mobilev1.Job, error)) {
		t.Helper()
		clock.forward(jump)
		o := servertest.Op() // the phone's own clock is right all the time
		job, err := call(o)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if again, err := call(o); err != nil || again.Version != job.Version {
			t.Errorf("%s again: %v %v", what, again, err)
		}
		if version != 0 && int64(job.Version) != version+1 {
			t.Errorf("%s made version %d of %d", what, job.Version, version)
		}
		version = int64(job.Version)
		for shown := int64(0); shown < version; {
			if !stream.Receive() {
				t.Fatalf("%s: the page ended: %v", what, stream.Err())
			}
			if r := stream.Msg().GetRequest(); r != nil {
				shown = int64(r.Version)
			}
		}
	}
	request := first.request.Id
	step("departing", time.Hour, func(o *mobilev1.Operation) (*mobilev1.Job, error) {
		res, err := phone.Mobile.EnRoute(ctx, &mobilev1.EnRouteRequest{Operation: o, RequestId: request})
		return res.GetJob(), err
	})
	step("arriving", -time.Hour, func(o *mobilev1.Operation) (*mobilev1.Job, error) {
		res, err := phone.Mobile.OnSite(ctx, &mobilev1.OnSiteRequest{Operation: o, RequestId: request})
		return res.GetJob(), err
	})
	step("finishing", time.Hour, func(o *mobilev1.Operation) (*mobilev1.Job, error) {
		if _, err := phone.Mobile.Complete(ctx, &mobilev1.CompleteRequest{Operation: o, RequestId: request, Outcome: 1, Text: "x"}); err != nil {
			return nil, err
		}
		done, err := office.Dispatch.GetRequest(ctx, &dispatchv1.GetRequestRequest{Id: request})
		return &mobilev1.Job{Version: done.GetRequest().GetVersion()}, err
	})
	// Back again: new work is given out as before.
	clock.forward(-time.Hour)
	opened, err := customer.Portal.OpenRequest(ctx, &portalv1.OpenRequestRequest{OperationId: uuid.NewString(), DeviceId: first.devices[2].Id, Category: 1, Description: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := office.Dispatch.Assign(ctx, &dispatchv1.AssignRequest{
		OperationId: uuid.NewString(), RequestId: opened.Request.Id, TechnicianId: first.technicianID, OverrideQualification: true,
	}); err != nil {
		t.Errorf("assigning after the clock went back: %v", err)
	}
	dispatchtest.CheckInvariants(t, first.DB.DB)
}
