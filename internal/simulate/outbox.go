package simulate

import (
	"context"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/simulate/client"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// entry is one thing that a phone has to send: a fix, or a step.
type entry struct {
	fix *mobilev1.Fix
	// send makes one try to send a step; job is the request it is about.
	send func(ctx context.Context, op *mobilev1.Operation) error
	op   *mobilev1.Operation
	job  string
}

// outbox keeps what a phone has to send, in order, until it is sent. Without cover it only keeps.
type outbox struct {
	t       *technician
	entries []entry
	// coverFrom is when cover comes back; past when there is cover.
	coverFrom time.Time
	// taken are jobs of which a step was refused: the office took them, or they moved on.
	taken map[string]bool
	// reportEvery is how often the server wants a position.
	reportEvery time.Duration
}

// mostFixes is how many fixes go in one message.
const mostFixes = 100

func (o *outbox) covered() bool { return !time.Now().Before(o.coverFrom) }

// position adds a fix and sends what it can.
func (o *outbox) position(ctx context.Context, fix *mobilev1.Fix) error {
	o.entries = append(o.entries, entry{fix: fix})
	return o.flush(ctx)
}

// step adds a press of a button, now, and sends what it can.
func (o *outbox) step(ctx context.Context, job string, send func(ctx context.Context, op *mobilev1.Operation) error) error {
	op := &mobilev1.Operation{Id: operationID(), PhoneTime: timestamppb.New(o.t.w.cfg.Clock())}
	o.entries = append(o.entries, entry{send: send, op: op, job: job})
	return o.flush(ctx)
}

// flush sends everything in order if there is cover. A refusal is the server's last word on an entry; the others follow.
func (o *outbox) flush(ctx context.Context) error {
	if !o.covered() {
		return nil
	}
	for len(o.entries) > 0 {
		n, err := o.sendFirst(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			if connect.CodeOf(err) == connect.CodeUnauthenticated {
				return err
			}
			if job := o.entries[0].job; job != "" {
				o.taken[job] = true
			}
			o.t.w.log.Debug("a phone was refused", "who", o.t.who.UserID, "error", err)
		}
		o.entries = o.entries[n:]
	}
	o.entries = nil
	return nil
}

// sendFirst sends the first step, or the fixes before it, and says how many entries that were.
func (o *outbox) sendFirst(ctx context.Context) (int, error) {
	session := &o.t.phone.Session
	if first := o.entries[0]; first.send != nil {
		// The time of sending is that of each try, or a long wait for the server would look like a wrong clock.
		_, err := client.Call(ctx, session, func(ctx context.Context, op *mobilev1.Operation) (*mobilev1.Operation, error) {
			op.SentPhoneTime = timestamppb.New(o.t.w.cfg.Clock())
			return op, first.send(ctx, op)
		}, first.op)
		return 1, err
	}
	req := &mobilev1.ReportPositionsRequest{}
	for _, e := range o.entries {
		if e.fix == nil || len(req.Fixes) == mostFixes {
			break
		}
		req.Fixes = append(req.Fixes, e.fix)
	}
	res, err := client.Call(ctx, session, func(ctx context.Context, req *mobilev1.ReportPositionsRequest) (*mobilev1.ReportPositionsResponse, error) {
		req.SentPhoneTime = timestamppb.New(o.t.w.cfg.Clock())
		return o.t.phone.Mobile.ReportPositions(ctx, req)
	}, req)
	if err == nil && res.ReportEvery != nil {
		o.reportEvery = res.ReportEvery.AsDuration()
	}
	return len(req.Fixes), err
}
