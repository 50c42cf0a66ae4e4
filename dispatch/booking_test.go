package dispatch_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

// servers is how many processes work on the one database.
const servers = 4

// TestNoDoubleBooking is the proof that nobody can be booked twice. Four server processes work on one database at once
// and hear nothing of each other: each has a connection pool and a signal bus of its own, so each decides by an outdated
// picture. Two hundred assignments are made in parallel, by hand and automatically, over twenty technicians; then people
// assign, recall, decline, depart, arrive, finish and cancel at random. Every call must be answered with success or
// with a reason that a person understands, and afterwards every invariant of the database must hold.
func TestNoDoubleBooking(t *testing.T) {
	t.Parallel()
	t.Run("assignments", func(t *testing.T) {
		t.Parallel()
		w, technicians := bookingWorld(t, 20)
		random := rand.New(rand.NewPCG(1, 2))
		orders := bookingOrders(w, technicians)
		now := w.DB.Now()
		for i := range 100 {
			request := w.Open(t, dispatchtest.Place(north(float64(random.IntN(20_000)))), func(n *dispatch.NewRequest) {
				if i%2 == 0 { // many want the technician within the same two hours
					n.Window = &dispatch.Span{Start: now.Add(time.Hour), End: now.Add(3 * time.Hour)}
				}
			}).ID
			// Two calls for each request, from two servers: one of each kind, or two automatic, or two by hand.
			for server := range 2 {
				call := bookingCall{Request: request}
				if i/25 == 3 || i/25 < 2 && server == i%2 {
					call.Technician = technicians[random.IntN(len(technicians))].TechnicianID
				}
				order := &orders[(i+server)%servers]
				order.Calls = append(order.Calls, call)
			}
		}
		counts := runServers(t, orders)
		dispatchtest.CheckInvariants(t, w.DB)
		var live, open int
		if err := w.DB.NewRaw(`SELECT (SELECT count(*) FROM visits WHERE live), (SELECT count(*) FROM service_requests WHERE state = 'to_be_scheduled')`).
			Scan(t.Context(), &live, &open); err != nil {
			t.Fatal(err)
		}
		if booked := counts["manual"] + counts["automatic"]; booked != live || live+open != 100 {
			t.Errorf("%d calls succeeded, %d visits are live, %d requests wait", booked, live, open)
		}
		if counts["manual"] == 0 || counts["automatic"] == 0 {
			t.Errorf("one kind never succeeded: the test tests nothing: %v", counts)
		}
		t.Logf("%d live visits, %d waiting; %v", live, open, counts)
	})
	t.Run("lives", func(t *testing.T) {
		t.Parallel()
		w, technicians := bookingWorld(t, 12)
		orders := bookingOrders(w, technicians)
		var requests []uuid.UUID
		for i := range 60 {
			requests = append(requests, w.Open(t, dispatchtest.Place(north(float64(i)*50))).ID)
		}
		for i := range orders {
			orders[i].Requests, orders[i].Lives, orders[i].Steps = requests, 10, 40
		}
		counts := runServers(t, orders)
		dispatchtest.CheckInvariants(t, w.DB)
		for _, step := range []string{
			"automatic", "assign", "reassign", "recall", "cancel", "accept", "decline", "depart", "arrive", "finish", "duty", "window", "note", "position",
		} {
			if counts[step] == 0 {
				t.Errorf("%s never succeeded: the test tests less than it says", step)
			}
		}
		t.Logf("%v", counts)
	})
}

func bookingWorld(t *testing.T, technicians int) (*dispatchtest.World, []identity.Actor) {
	t.Helper()
	db := pgtest.Open(t, postgres.Config{MaxConns: 4})
	w := dispatchtest.On(t, db, nil)
	actors := make([]identity.Actor, technicians)
	for i := range actors {
		actors[i] = w.Technician(t, dispatchtest.At(north(float64(i)*1000)), dispatchtest.Carries("ROLLER")).Actor
	}
	return w, actors
}

func bookingOrders(w *dispatchtest.World, technicians []identity.Actor) []workOrder {
	orders := make([]workOrder, servers)
	for i := range orders {
		orders[i] = workOrder{URL: w.DB.URL(), Seed: uint64(i), Dispatcher: w.Dispatcher, Technicians: technicians}
	}
	return orders
}

// runServers starts a process for each order, lets them all begin at once, and counts what succeeded by step. Every
// failure must be a fault with a reason, neither internal nor a database that was too busy.
func runServers(t *testing.T, orders []workOrder) map[string]int {
	t.Helper()
	type server struct {
		cmd *exec.Cmd
		in  io.WriteCloser
		out *json.Decoder
		err *bytes.Buffer
	}
	var started []server
	for _, order := range orders {
		s := server{cmd: exec.CommandContext(t.Context(), os.Args[0]), err: new(bytes.Buffer)}
		s.cmd.Env = append(os.Environ(), workerEnv+"=1")
		s.cmd.Stderr = s.err
		var err error
		if s.in, err = s.cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		out, err := s.cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		s.out = json.NewDecoder(out)
		if err := s.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if err := json.NewEncoder(s.in).Encode(order); err != nil {
			t.Fatal(err)
		}
		started = append(started, s)
	}
	for _, s := range started {
		var ready string
		if err := s.out.Decode(&ready); err != nil || ready != "ready" {
			t.Fatalf("a server did not start: %q, %v", ready, err)
		}
	}
	for _, s := range started {
		if _, err := io.WriteString(s.in, `"go"`); err != nil {
			t.Fatal(err)
		}
		s.in.Close()
	}
	succeeded, refused := map[string]int{}, map[string]int{}
	for i, s := range started {
		var all []answered
		decodeErr := s.out.Decode(&all)
		if err := s.cmd.Wait(); err != nil || decodeErr != nil {
			t.Fatalf("server %d: %v, %v\n%s", i, err, decodeErr, s.err)
		}
		if want := len(orders[i].Calls) + orders[i].Lives*orders[i].Steps; len(all) != want {
			t.Errorf("server %d answered %d of %d calls", i, len(all), want)
		}
		for _, a := range all {
			switch {
			case a.Reason == "" && a.Kind == "":
				succeeded[a.Step]++
			case a.Reason == "" || a.Kind == "internal" || a.Kind == "unavailable":
				t.Errorf("server %d: %s: %s", i, a.Step, a.Text)
			default:
				refused[a.Step+": "+a.Reason]++
			}
		}
		if strings.Contains(s.err.String(), "DATA RACE") {
			t.Errorf("server %d:\n%s", i, s.err)
		}
	}
	t.Logf("refused: %v", refused)
	return succeeded
}
