package dispatch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// change is one transaction on one request: the row is locked, a step is decided, and what it made is written
// together: the request with its next version, the activity, the messages and the audit line. After the commit it
// is signalled.
type change struct {
	s      *Service
	tx     postgres.Tx
	actor  identity.Actor
	op     Operation
	r      *Request // locked, changed in place
	before Request
	// now is the transaction's time, but not before the last change of the request: a transaction may have waited for
	// one that began after it, and the clocks of two servers differ.
	now time.Time

	activity Activity
	messages []notify.Message
	// touched are the technicians whose jobs change.
	touched []uuid.UUID
}

// outcome is what an operation is answered with, kept so that the same one again is answered the same.
type outcome struct {
	Request Request
	// Refusal is a step that was refused and yet recorded.
	Refusal *refusal
	// Candidate is who an automatic assignment chose.
	Candidate *Candidate `json:",omitempty"`
}

type refusal struct {
	Reason, Message string
	Params          map[string]string
}

func (o outcome) answer() (*Request, error) {
	if o.Refusal != nil {
		f := fault.New(fault.WrongState, o.Refusal.Reason, o.Refusal.Message)
		for k, v := range o.Refusal.Params {
			f = f.With(fault.Param(k, v))
		}
		return nil, f
	}
	return &o.Request, nil
}

// do runs one operation in one transaction. asked is what the client asked for. expected is the version the client
// saw; 0 does not check.
func (s *Service) do(ctx context.Context, actor identity.Actor, op Operation, kind string, asked any,
	request uuid.UUID, expected int64, fn func(ctx context.Context, c *change) (*refusal, error),
) (*Request, error) {
	out, err := s.doOutcome(ctx, actor, op, kind, asked, request, expected, fn)
	if err != nil {
		return nil, err
	}
	return out.answer()
}

func (s *Service) doOutcome(ctx context.Context, actor identity.Actor, op Operation, kind string, asked any,
	request uuid.UUID, expected int64, fn func(ctx context.Context, c *change) (*refusal, error),
) (out outcome, err error) {
	key := once.Key{Person: actor.PersonID, ID: op.ID, Kind: kind}
	return once.InTx(ctx, s.db, key, []any{request, asked}, func(ctx context.Context, tx postgres.Tx) (outcome, error) {
		return s.once(ctx, tx, actor, op, request, expected, fn)
	})
}

func (s *Service) once(ctx context.Context, tx postgres.Tx, actor identity.Actor, op Operation,
	request uuid.UUID, expected int64, fn func(ctx context.Context, c *change) (*refusal, error),
) (outcome, error) {
	c, err := s.begin(ctx, tx, actor, op, request)
	if err != nil {
		return outcome{}, err
	}
	if err := s.seenAs(ctx, tx, actor, c.r, expected); err != nil {
		return outcome{}, err
	}
	refused, err := fn(ctx, c)
	if err != nil {
		return outcome{}, err
	}
	if err := c.save(ctx); err != nil {
		return outcome{}, err
	}
	return outcome{Request: *c.r, Refusal: refused}, nil
}

// begin locks the request.
func (s *Service) begin(ctx context.Context, tx postgres.Tx, actor identity.Actor, op Operation, request uuid.UUID) (*change, error) {
	r := new(Request)
	err := tx.NewSelect().Model(r).Where("r.id = ?", request).For("UPDATE").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoRequest
	}
	if err != nil {
		return nil, fmt.Errorf("dispatch: locking a request: %w", err)
	}
	return &change{s: s, tx: tx, actor: actor, op: op, r: r, before: *r, now: later(tx.Now(), r.UpdatedAt)}, nil
}

// ErrNoRequest is the answer for a request that does not exist, or is not the caller's to know.
var ErrNoRequest = fault.New(fault.NotFound, "request_not_found", "There is no such service request.", fault.Field("request_id"))

// step takes the machine one step on.
func (c *change) step(event Event, text string) error {
	to, err := Decide(c.r.State, event, c.actor.Role)
	if err != nil {
		return err
	}
	a := activityOf[event]
	c.record(a.kind, text, a.visible)
	c.activity.From, c.activity.To = c.r.State, to
	c.r.State = to
	return nil
}

// record fills the activity that this change makes.
func (c *change) record(kind, text string, visible bool) {
	c.activity.Kind, c.activity.Text, c.activity.CustomerVisible = kind, text, visible
	c.activity.VisitID, c.activity.TechnicianID = c.r.VisitID, c.r.TechnicianID
}

// save writes everything and signals after the commit.
func (c *change) save(ctx context.Context) error {
	c.r.Version++
	c.r.UpdatedAt = c.now
	if _, err := c.tx.NewUpdate().Model(c.r).
		ExcludeColumn("id", "number", "account_id", "account_name", "opened_by", "opened_at").
		WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("dispatch: writing a request: %w", err)
	}
	if err := c.insertActivity(ctx); err != nil {
		return err
	}
	if err := audit.Write(ctx, c.tx, c.actor, "request."+c.activity.Kind, "request", c.r.ID,
		summary(&c.before), summary(c.r)); err != nil {
		return err
	}
	if len(c.messages) > 0 {
		if err := c.s.notifier.Notify(ctx, c.tx, c.messages...); err != nil {
			return err
		}
	}
	r, touched := c.r, c.touched
	c.tx.AfterCommit(func() { c.s.signalRequest(r, touched...) })
	return nil
}

func (c *change) insertActivity(ctx context.Context) error {
	a := &c.activity
	a.RequestID, a.Sequence, a.At = c.r.ID, c.r.Version, c.now
	a.ActorID, a.ActorRole, a.ActorName = c.actor.PersonID, string(c.actor.Role), c.actor.Name()
	a.PhoneAt, a.PhoneSkew, a.OperationID = c.op.PhoneAt, c.op.skew(c.now), c.op.ID
	if _, err := c.tx.NewInsert().Model(a).Exec(ctx); err != nil {
		return fmt.Errorf("dispatch: writing an activity: %w", err)
	}
	return nil
}

// summary is what the audit trail keeps of a request: what changes in its life, and no personal data.
func summary(r *Request) map[string]any {
	if r.ID == uuid.Nil {
		return nil
	}
	m := map[string]any{"version": r.Version, "state": r.State}
	if r.VisitID != uuid.Nil {
		m["visit"], m["technician"] = r.VisitID, r.TechnicianID
	}
	if r.WindowStart != nil {
		m["window_start"], m["window_end"] = r.WindowStart, r.WindowEnd
	}
	if r.Outcome != "" {
		m["outcome"] = r.Outcome
	}
	return m
}

// request reads one request, without its visit.
func (s *Service) request(ctx context.Context, db bun.IDB, id uuid.UUID) (*Request, error) {
	r := new(Request)
	err := db.NewSelect().Model(r).Where("r.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoRequest
	}
	if err != nil {
		return nil, fmt.Errorf("dispatch: reading a request: %w", err)
	}
	return r, nil
}

// busyOr makes the database's word that a technician would have two jobs at once a fault that people understand.
func busyOr(err error, doing string) error {
	if postgres.IsExclusion(err, "visits_no_double_booking") || postgres.IsUnique(err, "visits_one_under_way") {
		return fault.Wrap(err, fault.WrongState, "technician_busy", "The technician has another job at that time.")
	}
	if postgres.IsUnique(err, "visits_one_live") {
		return fault.Wrap(err, fault.WrongState, "already_assigned", "The request has a technician already.")
	}
	return fmt.Errorf("%s: %w", doing, err)
}
