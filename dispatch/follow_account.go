package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/live"
)

// AccountChange is one message of an account's stream; exactly one field is set.
type AccountChange struct {
	// Request is new or changed. An ended one is sent once more, if it was sent before.
	Request *Request
	// Gone was sent before and may not be seen any more.
	Gone uuid.UUID
	// Complete ends the first snapshot, with how many requests it held.
	Complete  *int
	Heartbeat bool
}

// FollowAccount sends the open requests of an account that narrow leaves, then each change, until ctx ends or send fails.
// Like Follow it subscribes first, then reads; every Reread it compares everything, and then also finds what may be seen
// now, or no more, without having changed itself.
func (s *Service) FollowAccount(ctx context.Context, account uuid.UUID, narrow Narrow, send func(AccountChange) error) error {
	sub := s.bus.Subscribe(accountPrefix(account) + ">")
	defer sub.Close()
	f := accountFollower{s: s, account: account, narrow: narrow, send: send, known: make(map[uuid.UUID]shown)}
	if err := f.readAll(ctx); err != nil {
		return err
	}
	n := len(f.known)
	if err := send(AccountChange{Complete: &n}); err != nil {
		return err
	}
	return s.listen(ctx, sub, listener{
		every:     s.reread,
		read:      func() error { return f.readAll(ctx) },
		signalled: func(signals []live.Signal) error { return f.signalled(ctx, signals) },
		beat:      func() error { return send(AccountChange{Heartbeat: true}) },
	})
}

// shown is what was sent of a request.
type shown struct {
	version int64
	arrival time.Time
}

type accountFollower struct {
	s       *Service
	account uuid.UUID
	narrow  Narrow
	send    func(AccountChange) error
	known   map[uuid.UUID]shown
}

func (f *accountFollower) query(rows *[]*Request) *bun.SelectQuery {
	return f.s.db.NewSelect().Model(rows).Where("r.account_id = ?", f.account).Apply(f.narrow).OrderExpr("r.opened_at DESC, r.id DESC")
}

// readAll reads every open request, and those that were open when last seen.
func (f *accountFollower) readAll(ctx context.Context) error {
	var rows []*Request
	q := f.query(&rows)
	if len(f.known) == 0 {
		q = q.Where("r.state NOT IN (?, ?)", Completed, Cancelled)
	} else {
		q = q.Where("(r.state NOT IN (?, ?) OR r.id IN (?))", Completed, Cancelled, bun.List(f.ids()))
	}
	if err := q.Scan(ctx); err != nil {
		return fmt.Errorf("dispatch: reading an account's requests: %w", err)
	}
	return f.show(ctx, f.ids(), rows)
}

func (f *accountFollower) ids() []uuid.UUID {
	ids := make([]uuid.UUID, 0, len(f.known))
	for id := range f.known {
		ids = append(ids, id)
	}
	return ids
}

func (f *accountFollower) signalled(ctx context.Context, signals []live.Signal) error {
	var ids []uuid.UUID
	for _, sig := range signals {
		if id, ok := subjectID(sig.Subject, accountPrefix(f.account)); ok && sig.Version > f.known[id].version {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []*Request
	if err := f.query(&rows).Where("r.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return fmt.Errorf("dispatch: reading an account's changes: %w", err)
	}
	return f.show(ctx, ids, rows)
}

// show sends what is new of rows, and that those of asked which are not among them are gone.
func (f *accountFollower) show(ctx context.Context, asked []uuid.UUID, rows []*Request) error {
	if err := f.s.attachVisits(ctx, f.s.db, rows); err != nil {
		return err
	}
	here := make(map[uuid.UUID]bool, len(rows))
	for _, r := range rows {
		here[r.ID] = true
		now := shown{version: r.Version}
		if r.Visit != nil {
			now.arrival = r.Visit.PlannedArrival
		}
		before, known := f.known[r.ID]
		if known && (now.version < before.version || now.version == before.version && now.arrival.Equal(before.arrival)) {
			continue
		}
		if f.known[r.ID] = now; !r.State.Open() {
			delete(f.known, r.ID)
			if !known {
				continue
			}
		}
		if err := f.send(AccountChange{Request: r}); err != nil {
			return err
		}
	}
	for _, id := range asked {
		if _, known := f.known[id]; known && !here[id] {
			delete(f.known, id)
			if err := f.send(AccountChange{Gone: id}); err != nil {
				return err
			}
		}
	}
	return nil
}
