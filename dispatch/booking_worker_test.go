package dispatch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/geo"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/live"
	"utsendt/internal/postgres"
)

// workerEnv makes the test binary a server process.
const workerEnv = "UTSENDT_BOOKING_WORKER"

// workOrder is what a worker is told on its standard input.
type workOrder struct {
	URL         string
	Seed        uint64
	Dispatcher  identity.Actor
	Technicians []identity.Actor
	// Calls are made all at once; Lives are as many people taking Steps random steps each on Requests.
	Calls        []bookingCall
	Lives, Steps int
	Requests     []uuid.UUID
}

// bookingCall is one assignment; without a technician it is automatic.
type bookingCall struct{ Request, Technician uuid.UUID }

// answered is what one call got: no reason is success.
type answered struct{ Step, Kind, Reason, Text string }

// bookingWorker is one server with a pool and a bus of its own, so that its signals reach none of the others. It says
// "ready", waits for a further byte, and answers with what its calls got.
func bookingWorker() int {
	in := json.NewDecoder(os.Stdin)
	var order workOrder
	err := in.Decode(&order)
	if err == nil {
		err = order.work(in)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (o workOrder) work(in *json.Decoder) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	db, err := postgres.Open(ctx, postgres.Config{URL: o.URL, MaxConns: 12})
	if err != nil {
		return err
	}
	defer db.Close()
	bus, err := live.Open(live.Config{})
	if err != nil {
		return err
	}
	defer bus.Close()
	s := dispatch.New(dispatch.Config{
		DB: db, Bus: bus, Notifier: new(dispatchtest.Recorder), Logger: slog.New(slog.DiscardHandler), Reread: time.Second,
	})
	ready := make(chan struct{})
	go func() { _ = s.Run(ctx, func() { close(ready) }) }()
	<-ready
	fmt.Println(`"ready"`)
	var begin string
	if err := in.Decode(&begin); err != nil && err != io.EOF {
		return err
	}
	var (
		mu  sync.Mutex
		all []answered
		wg  sync.WaitGroup
	)
	add := func(step string, err error) {
		a := answered{Step: step}
		if err != nil {
			f := fault.From(err)
			a.Kind, a.Reason, a.Text = f.Kind.String(), f.Reason, fmt.Sprint(err, ": ", f.Unwrap())
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, a)
	}
	for _, call := range o.Calls {
		wg.Go(func() {
			if call.Technician == uuid.Nil {
				_, _, err := s.AutoAssign(ctx, o.Dispatcher, dispatchtest.Op(), call.Request, 0)
				add("automatic", err)
				return
			}
			_, err := s.Assign(ctx, o.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: call.Request, Technician: call.Technician})
			add("manual", err)
		})
	}
	for n := range o.Lives {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(o.Seed, uint64(n)))
			for range o.Steps {
				add(o.step(ctx, s, r))
			}
		})
	}
	wg.Wait()
	return json.NewEncoder(os.Stdout).Encode(all)
}

// step takes a random step on a random request: sometimes as whoever may, sometimes as somebody else.
func (o workOrder) step(ctx context.Context, s *dispatch.Service, r *rand.Rand) (string, error) {
	request := o.Requests[r.IntN(len(o.Requests))]
	d, err := s.Get(ctx, o.Dispatcher, request.String())
	if err != nil {
		return "get", err
	}
	anyone := o.Technicians[r.IntN(len(o.Technicians))]
	field := anyone
	for _, t := range o.Technicians {
		if t.TechnicianID == d.Request.TechnicianID && r.IntN(20) > 0 {
			field = t
		}
	}
	op := dispatchtest.Op()
	if r.IntN(2) == 0 {
		now := time.Now()
		op = dispatchtest.PhoneOp(now.Add(-time.Duration(r.IntN(3600))*time.Second), now)
	}
	assign := dispatch.Assignment{Request: request, Technician: anyone.TechnicianID, Reason: "fits better"}
	switch n := r.IntN(34); {
	case n < 4:
		_, _, err = s.AutoAssign(ctx, o.Dispatcher, op, request, 0)
		return "automatic", err
	case n < 8:
		_, err = s.Assign(ctx, o.Dispatcher, op, assign)
		return "assign", err
	case n < 10:
		_, err = s.Reassign(ctx, o.Dispatcher, op, assign)
		return "reassign", err
	case n < 11:
		_, err = s.Recall(ctx, o.Dispatcher, op, request, d.Request.Version, "needed elsewhere")
		return "recall", err
	case n < 12 && r.IntN(4) == 0:
		_, err = s.Cancel(ctx, o.Dispatcher, op, request, 0, "solved by phone")
		return "cancel", err
	case n < 15:
		_, err = s.Accept(ctx, field, op, request)
		return "accept", err
	case n < 16:
		_, err = s.Decline(ctx, field, op, request, "no time")
		return "decline", err
	case n < 21:
		_, err = s.Depart(ctx, field, op, request)
		return "depart", err
	case n < 25:
		_, err = s.Arrive(ctx, field, op, request)
		return "arrive", err
	case n < 28:
		outcome := []dispatch.Outcome{dispatch.Solved, dispatch.NoAccess, dispatch.PartMissing}[r.IntN(3)]
		_, err = s.Finish(ctx, field, op, request, dispatch.Completion{
			Outcome: outcome, Text: "done", PartsMissing: []string{"FUSER"}, PartsUsed: []dispatch.PartUsed{{PartNumber: "ROLLER", Quantity: 1}},
		})
		return "finish", err
	case n < 29:
		_, err = s.SetDuty(ctx, anyone, op, r.IntN(3) > 0)
		return "duty", err
	case n < 30:
		now := time.Now()
		window := &dispatch.Span{Start: now.Add(time.Hour), End: now.Add(5 * time.Hour)}
		_, err = s.AgreeWindow(ctx, o.Dispatcher, op, request, 0, window)
		return "window", err
	case n < 32:
		_, err = s.AddNote(ctx, o.Dispatcher, op, request, "a note")
		return "note", err
	}
	now := time.Now()
	_, err = s.ReportPositions(ctx, field, dispatch.Batch{SentAt: now, Fixes: []geo.Fix{
		{Point: north(float64(r.IntN(3000))), Accuracy: 20, At: now.Add(-time.Duration(r.IntN(60)) * time.Second)},
	}})
	return "position", err
}
