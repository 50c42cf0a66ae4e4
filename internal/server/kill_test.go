package server_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/demo"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// killDatabase and killListen make the test binary a server that can be killed, instead of tests.
const killDatabase, killListen = "UTSENDT_TEST_KILL_DATABASE", "UTSENDT_TEST_KILL_LISTEN"

func init() {
	if os.Getenv(killDatabase) == "" {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err := server.Run(ctx, server.Config{
		DatabaseURL: os.Getenv(killDatabase), Listen: os.Getenv(killListen), MaxConns: 10,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Identity: identity.Config{CheapHashes: true}, CallsPerSecond: 1e6,
		Prepare: func(p server.Parts) error {
			hash, err := p.People.HashPassword(context.Background(), demo.Password)
			if err != nil {
				return err
			}
			_, err = demo.Load(context.Background(), p.DB.DB, hash)
			return err
		},
	}, func(server.Ready) { fmt.Println("ready") })
	if err == nil { // stopped, as it was asked to
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// mortal is a server process that is killed and started again at the same address.
type mortal struct {
	url, address string
	cmd          *exec.Cmd
}

func (m *mortal) start(t *testing.T) {
	t.Helper()
	m.cmd = exec.Command(os.Args[0])
	m.cmd.Env = append(os.Environ(), killDatabase+"="+m.url, killListen+"="+m.address)
	m.cmd.Stderr = os.Stderr
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || strings.TrimSpace(line) != "ready" {
		t.Fatalf("the server said %q: %v", line, err)
	}
}

// stop lets the server end in its own time.
func (m *mortal) stop(t *testing.T) {
	t.Helper()
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := m.cmd.Wait(); err != nil {
		t.Errorf("the server did not stop well: %v", err)
	}
}

func (m *mortal) kill() {
	_ = m.cmd.Process.Kill() // it is gone already
	_ = m.cmd.Wait()         // killed, as it says
}

// persist sends a message, always the same, until the server has answered it: yes, or a no of its own.
func persist[Req, Res proto.Message](ctx context.Context, repeats *atomic.Int64, call func(context.Context, Req) (Res, error), req Req) (Res, error) {
	for {
		res, err := call(ctx, req)
		if err == nil || ctx.Err() != nil || (faultOf(err) != nil && connect.CodeOf(err) != connect.CodeUnavailable) {
			return res, err
		}
		repeats.Add(1)
		time.Sleep(20 * time.Millisecond) // between two tries, as phones do
	}
}

// done is an operation that was answered with yes.
type done struct{ operation, request, number string }

// TestKilledInTheMiddle kills a server again and again while customers, dispatchers and technicians work and send again
// what was not answered. At the end nothing is lost and nothing is doubled.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mortal{url: pgtest.URL(t), address: probe.Addr().String()}
	if err := probe.Close(); err != nil {
		t.Fatal(err)
	}
	m.start(t)
	defer func() { m.kill() }()
	s := &servertest.Server{URL: "http://" + m.address, Address: m.address}

	const pairs, kills = 5, 6
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	var (
		mu      sync.Mutex
		all     []done
		repeats atomic.Int64
		stop    atomic.Bool
		group   sync.WaitGroup
	)
	note := func(d done) { mu.Lock(); defer mu.Unlock(); all = append(all, d) }
	office := s.Browser(t, "sentral1").Dispatch
	picture := photo(t, 5)
	digest := sha256.Sum256(picture)
	for i := range pairs {
		customer, phone := s.Browser(t, fmt.Sprintf("kunde%02d", i+1)).Portal, s.Phone(t, fmt.Sprintf("tekniker%02d", i+1)).Mobile
		devices, err := customer.ListDevices(ctx, &portalv1.ListDevicesRequest{})
		if err != nil {
			t.Fatal(err)
		}
		me, err := phone.SetDuty(ctx, &mobilev1.SetDutyRequest{Operation: servertest.Op(), OnDuty: true})
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			for n := 0; !stop.Load() && !t.Failed(); n++ {
				// One job from the click to the end. Each step follows only when the one before it was answered.
				op := uuid.NewString()
				opened, err := persist(ctx, &repeats, customer.OpenRequest, &portalv1.OpenRequestRequest{
					OperationId: op, DeviceId: devices.Devices[n%len(devices.Devices)].Id, Category: 1, Description: op,
				})
				if err != nil {
					t.Errorf("opening: %v", err)
					return
				}
				id := opened.Request.Id
				note(done{op, id, opened.Request.Number})
				op = uuid.NewString()
				if _, err := persist(ctx, &repeats, office.Assign, &dispatchv1.AssignRequest{
					OperationId: op, RequestId: id, TechnicianId: me.Me.TechnicianId, OverrideQualification: true,
				}); err != nil {
					t.Errorf("assigning: %v", err)
					return
				}
				note(done{operation: op, request: id})
				for _, step := range []func(*mobilev1.Operation) error{
					func(o *mobilev1.Operation) error {
						return second(persist(ctx, &repeats, phone.Accept, &mobilev1.AcceptRequest{Operation: o, RequestId: id}))
					},
					func(o *mobilev1.Operation) error {
						return second(persist(ctx, &repeats, phone.EnRoute, &mobilev1.EnRouteRequest{Operation: o, RequestId: id}))
					},
					func(o *mobilev1.Operation) error {
						return second(persist(ctx, &repeats, phone.OnSite, &mobilev1.OnSiteRequest{Operation: o, RequestId: id}))
					},
					func(o *mobilev1.Operation) error {
						return second(persist(ctx, &repeats, phone.Complete, &mobilev1.CompleteRequest{Operation: o, RequestId: id, Outcome: 1, Text: o.Id}))
					},
				} {
					o := servertest.Op()
					if err := step(o); err != nil {
						t.Errorf("a step of %s: %v", opened.Request.Number, err)
						return
					}
					note(done{operation: o.Id, request: id})
				}
				visits, err := persist(ctx, &repeats, phone.ListVisits, &mobilev1.ListVisitsRequest{RequestId: id})
				if err != nil {
					t.Errorf("reading visits: %v", err)
					return
				}
				started, err := persist(ctx, &repeats, phone.StartUpload, &mobilev1.StartUploadRequest{
					OperationId: uuid.NewString(), RequestId: id, VisitId: visits.Visits[0].Visit.Id, Kind: photoKind,
					Size: int64(len(picture)), Sha256: digest[:],
				})
				if err != nil {
					t.Errorf("announcing a picture: %v", err)
					return
				}
				for up := started.Upload; up.State == mobilev1.UploadState_UPLOAD_STATE_RECEIVING; {
					res, err := persist(ctx, &repeats, phone.AppendUpload, &mobilev1.AppendUploadRequest{
						UploadId: up.Id, Offset: up.Offset, Data: picture[up.Offset:min(up.Offset+2000, up.Size)],
					})
					if err != nil {
						t.Errorf("sending a picture: %v", err)
						return
					}
					up = res.Upload
				}
			}
		})
	}
	for range kills {
		mu.Lock()
		before := len(all)
		mu.Unlock()
		// In the middle of work, at no moment in particular.
		want := before + 5 + rand.IntN(30)
		eventually(t, "work goes on", func() bool { mu.Lock(); defer mu.Unlock(); return len(all) >= want || t.Failed() })
		m.kill()
		m.start(t)
	}
	stop.Store(true)
	group.Wait()

	db, err := postgres.Open(ctx, postgres.Config{URL: m.url, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	opened := 0
	for _, d := range all {
		var effects, answers int
		if err := db.NewRaw(`SELECT (SELECT count(*) FROM activities WHERE operation_id = ? AND request_id = ?),
			(SELECT count(*) FROM operations WHERE id = ?)`, d.operation, d.request, d.operation).Scan(ctx, &effects, &answers); err != nil {
			t.Fatal(err)
		}
		if effects != 1 || answers != 1 {
			t.Errorf("operation %s was answered, and is there %d times with %d answers", d.operation, effects, answers)
		}
		if d.number == "" {
			continue
		}
		opened++
		var numbers []string
		if err := db.NewRaw(`SELECT number FROM service_requests WHERE description = ?`, d.operation).Scan(ctx, &numbers); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(numbers, []string{d.number}) {
			t.Errorf("the request %s is stored as %v", d.number, numbers)
		}
	}
	var requests, unfinished int
	if err := db.NewRaw(`SELECT count(*), count(*) FILTER (WHERE state <> 'completed') FROM service_requests`).Scan(ctx, &requests, &unfinished); err != nil {
		t.Fatal(err)
	}
	if requests != opened || unfinished != 0 {
		t.Errorf("%d requests were opened; %d are stored, %d of them unfinished", opened, requests, unfinished)
	}
	var pictures, whole, pieces, contents int
	if err := db.NewRaw(`SELECT (SELECT count(*) FROM visit_files), (SELECT count(*) FROM visit_files WHERE state = 'stored'),
		(SELECT count(*) FROM visit_file_pieces), (SELECT count(*) FROM blobs)`).Scan(ctx, &pictures, &whole, &pieces, &contents); err != nil {
		t.Fatal(err)
	}
	if pictures != requests || whole != requests || pieces != 0 || contents != 2*whole {
		t.Errorf("%d pictures for %d requests, %d of them whole, %d pieces and %d contents", pictures, requests, whole, pieces, contents)
	}
	dispatchtest.CheckInvariants(t, db)
	t.Logf("%d kills, %d operations answered, %d requests, %d sent again", kills, len(all), requests, repeats.Load())
	if repeats.Load() == 0 {
		t.Error("no call was hit by a kill")
	}
}
