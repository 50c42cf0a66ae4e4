package simulate

import (
	"context"
	"slices"
	"sync"
	"time"

	"utsendt/internal/simulate/client"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

// How often, in a thousand, the dispatcher takes a job back or calls a request off.
const (
	recalls = 30
	cancels = 15
)

// byHandAfter is after how many tries without a candidate the dispatcher looks for somebody by hand.
const byHandAfter = 3

// task is what the dispatcher is about to do with one request.
type task struct {
	at      time.Time
	version int64
	do      func(ctx context.Context, id string, t *task) (again time.Duration, err error)
	tries   int
}

// dispatcher watches the board and assigns after a short human delay.
type dispatcher struct {
	w       *world
	browser *client.Browser
	wake    chan struct{}

	mu    sync.Mutex
	draw  *chance
	tasks map[string]*task
}

func newDispatcher(w *world) *dispatcher {
	return &dispatcher{
		w: w, browser: w.browser(w.cfg.Dispatcher), draw: newChance(w.cfg.Seed, "dispatcher"),
		wake: make(chan struct{}, 1), tasks: map[string]*task{},
	}
}

func (d *dispatcher) live(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		cancel(client.Watch(ctx, &d.browser.Session, d.browser.Dispatch.WatchBoard, &dispatchv1.WatchBoardRequest{},
			func(m *dispatchv1.WatchBoardResponse) {
				if r := m.GetRequest(); r != nil {
					d.see(r)
				}
			}, nil))
	}()
	defer func() {
		cancel(nil)
		<-watched
	}()
	for {
		id, t, wait := d.next()
		if wait > 0 {
			timer := time.NewTimer(wait)
			select {
			case <-ctx.Done():
				timer.Stop()
				return context.Cause(ctx)
			case <-d.wake:
				timer.Stop()
			case <-timer.C:
			}
			continue
		}
		again, err := t.do(ctx, id, t)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			// Somebody else was faster, or the request moved on: the stream tells.
			d.w.log.Debug("the dispatcher was refused", "request", id, "error", err)
		}
		d.done(id, t, again)
	}
}

// next is what is due first, and how long until then; an hour when there is nothing.
func (d *dispatcher) next() (id string, first *task, wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for key, t := range d.tasks {
		if first == nil || t.at.Before(first.at) || (t.at.Equal(first.at) && key < id) {
			id, first = key, t
		}
	}
	if first == nil {
		return "", nil, time.Hour
	}
	return id, first, time.Until(first.at)
}

// done forgets a task, or puts it off.
func (d *dispatcher) done(id string, t *task, again time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case again > 0:
		t.at = time.Now().Add(again)
		t.tries++
	case d.tasks[id] == t:
		delete(d.tasks, id)
	}
}

// see takes in one request as it is now.
func (d *dispatcher) see(r *dispatchv1.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t := d.tasks[r.Id]; t != nil && t.version >= r.Version {
		return
	}
	delete(d.tasks, r.Id)
	t := &task{version: r.Version}
	switch r.State {
	case dispatchv1.RequestState_REQUEST_STATE_TO_BE_SCHEDULED:
		t.do, t.at = d.assign, time.Now().Add(d.thinking(20*time.Second, 90*time.Second))
		if d.draw.permille(cancels) {
			t.do = d.cancel
		}
	case dispatchv1.RequestState_REQUEST_STATE_DISPATCHED, dispatchv1.RequestState_REQUEST_STATE_EN_ROUTE:
		if !d.draw.permille(recalls) {
			return
		}
		t.do, t.at = d.recall, time.Now().Add(d.thinking(time.Minute, 4*time.Minute))
	default:
		return
	}
	d.tasks[r.Id] = t
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// thinking is a human delay.
func (d *dispatcher) thinking(least, most time.Duration) time.Duration {
	if d.w.opening.hurry() {
		return d.draw.between(300*time.Millisecond, 2*time.Second)
	}
	return d.w.fast(d.draw.between(least, most))
}

func (d *dispatcher) assign(ctx context.Context, id string, t *task) (time.Duration, error) {
	_, err := client.Call(ctx, &d.browser.Session, d.browser.Dispatch.AutoAssign, &dispatchv1.AutoAssignRequest{
		OperationId: operationID(), RequestId: id, ExpectedVersion: t.version,
	})
	if client.ReasonOf(err) != "no_technician" {
		return 0, err
	}
	if t.tries >= byHandAfter {
		if done, err := d.byHand(ctx, id, t); done || err != nil {
			return 0, err
		}
	}
	d.mu.Lock() // the stream draws too
	defer d.mu.Unlock()
	return d.thinking(2*time.Minute, 5*time.Minute), nil
}

// byHand gives it to the best of those whom the automatic leaves out only because they said no before.
func (d *dispatcher) byHand(ctx context.Context, id string, t *task) (bool, error) {
	res, err := client.Call(ctx, &d.browser.Session, d.browser.Dispatch.ListCandidates,
		&dispatchv1.ListCandidatesRequest{RequestId: id, Limit: 20})
	if err != nil {
		return false, err
	}
	bars := []string{"lacks_skill", "outside_territory", "not_free_in_window", "outside_shift"}
	i := slices.IndexFunc(res.Candidates, func(c *dispatchv1.Candidate) bool {
		return !slices.ContainsFunc(c.Reasons, func(r *dispatchv1.Reason) bool { return slices.Contains(bars, r.Code) })
	})
	if i < 0 {
		return false, nil
	}
	_, err = client.Call(ctx, &d.browser.Session, d.browser.Dispatch.Assign, &dispatchv1.AssignRequest{
		OperationId: operationID(), RequestId: id, TechnicianId: res.Candidates[i].Technician.GetId(), ExpectedVersion: t.version,
	})
	return err == nil, err
}

func (d *dispatcher) recall(ctx context.Context, id string, t *task) (time.Duration, error) {
	_, err := client.Call(ctx, &d.browser.Session, d.browser.Dispatch.Recall, &dispatchv1.RecallRequest{
		OperationId: operationID(), RequestId: id, ExpectedVersion: t.version, Reason: "Trengs et annet sted først",
	})
	return 0, err
}

func (d *dispatcher) cancel(ctx context.Context, id string, t *task) (time.Duration, error) {
	_, err := client.Call(ctx, &d.browser.Session, d.browser.Dispatch.Cancel, &dispatchv1.CancelRequest{
		OperationId: operationID(), RequestId: id, ExpectedVersion: t.version, Reason: "Kunden ringte: det ordnet seg",
	})
	return 0, err
}
