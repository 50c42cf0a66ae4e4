package replay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/simulate/client"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

// assignAgain is how long the dispatcher waits when nobody can go.
const assignAgain = 10 * time.Minute

// office is the simulated dispatcher: opens each request at its time and has it assigned a few minutes later.
type office struct {
	browser *client.Browser
	clock   *clock
	draw    *rand.Rand
	chacha  *rand.ChaCha8

	rows []row
	// byRequest finds the row of a request; written by the office alone, while no technician acts.
	byRequest map[string]int
	crew      map[string]*technician

	// operations counts the changes that took effect.
	operations int64
	// nobody counts how often nobody could go.
	nobody int
	// open counts rows that have not ended; technicians count down.
	open atomic.Int64
}

func newOffice(browser *client.Browser, c *clock, rows []row, seed uint64) *office {
	source := seeded(seed, 2)
	o := &office{
		browser: browser, clock: c, chacha: source, draw: rand.New(source), rows: rows,
		byRequest: make(map[string]int, len(rows)), crew: map[string]*technician{},
	}
	o.open.Store(int64(len(rows)))
	return o
}

// seeded gives each actor a source of its own, so that nobody's choices depend on another's.
func seeded(seed, actor uint64) *rand.ChaCha8 {
	var key [32]byte
	for i := range 8 {
		key[i], key[8+i] = byte(seed>>(8*i)), byte(actor>>(8*i))
	}
	return rand.NewChaCha8(key)
}

// operationID makes an id that is the same in each replay with one seed.
func operationID(source *rand.ChaCha8) string {
	id, err := uuid.NewRandomFromReader(source)
	if err != nil { // a ChaCha8 never fails to read
		panic(err)
	}
	return id.String()
}

// opening is the event that opens one row's request.
func (o *office) opening(i int) event {
	return event{at: o.rows[i].opened, act: func(ctx context.Context) ([]event, error) {
		r := o.rows[i]
		category, _ := kindOf(r.kind)
		req := &dispatchv1.OpenRequestRequest{
			OperationId: operationID(o.chacha), SerialNumber: serialOf(i), Category: category,
			Description: fmt.Sprintf("%s (%s, line %d)", r.kind, r.id, r.line), Priority: dispatchv1.Priority_PRIORITY_NORMAL,
		}
		if r.target != nil {
			req.ResolveBy = timestamppb.New(*r.target)
		}
		res, err := client.Call(ctx, &o.browser.Session, o.browser.Dispatch.OpenRequest, req)
		if err != nil {
			return nil, fmt.Errorf("opening the request of line %d: %w", r.line, err)
		}
		o.operations++
		o.byRequest[res.Request.Id] = i
		return []event{o.assignment(i, res.Request.Id, o.soon())}, nil
	}}
}

// soon is when the dispatcher gets to it.
func (o *office) soon() time.Time {
	return o.clock.Now().Add(time.Minute + time.Duration(o.draw.IntN(300))*time.Second)
}

// assignment is the event that gives a request to the best candidate, and is tried again while there is none.
func (o *office) assignment(i int, request string, at time.Time) event {
	return event{at: at, act: func(ctx context.Context) ([]event, error) {
		res, err := client.Call(ctx, &o.browser.Session, o.browser.Dispatch.AutoAssign,
			&dispatchv1.AutoAssignRequest{OperationId: operationID(o.chacha), RequestId: request})
		if client.ReasonOf(err) == "no_technician" {
			o.nobody++
			return []event{o.assignment(i, request, o.clock.Now().Add(assignAgain))}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("assigning the request of line %d: %w", o.rows[i].line, err)
		}
		o.operations++
		t := o.crew[res.Request.GetVisit().GetTechnicianId()]
		if t == nil {
			return nil, errors.New("a request was assigned to nobody we know")
		}
		return []event{{at: minute(o.clock.Now().Add(time.Second)), who: t, act: t.look}}, nil
	}}
}

// returned is the event that follows when a technician gave a request back.
func (o *office) returned(request string, at time.Time) event {
	i := o.byRequest[request]
	return event{at: at, act: func(context.Context) ([]event, error) {
		return []event{o.assignment(i, request, o.soon())}, nil
	}}
}
