package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/live"
)

// BoardChange is one message of a board's stream; one field beside Snapshot is set.
type BoardChange struct {
	// Requests are new or changed, each whole with its live visit and what made its version; one that ended is among them once more.
	Requests []*Request
	// Technicians are those whose duty, jobs or name changed.
	Technicians []Seen
	// Moved are new positions, at most one of a technician.
	Moved []Position
	// Snapshot is true while everything is told, which Complete ends; false for what changed since.
	Snapshot bool
	// Complete ends a snapshot, with how many it held.
	Complete  *BoardCount
	Heartbeat bool
}

// BoardCount is how many requests and technicians a snapshot held.
type BoardCount struct{ Requests, Technicians int }

const (
	// boardBatch is how many requests or technicians one message of a board's snapshot holds at most.
	boardBatch = 250
	// boardFirst is how many requests a snapshot begins with: more than a tall screen shows.
	boardFirst = 60
	// movesEvery is how often a board hears of those who moved. However many move, and however often, it is told of
	// each of them once in this time.
	movesEvery = 250 * time.Millisecond
)

// FollowBoard sends every open request and every technician on duty, then each change at once and all who moved every
// quarter of a second, until ctx ends or send fails. When signals were lost it sends a new snapshot. For dispatchers.
func (s *Service) FollowBoard(ctx context.Context, actor identity.Actor, send func(BoardChange) error) error {
	if err := mayRead(actor); err != nil {
		return err
	}
	b := boardFollower{s: s, send: send, sub: s.bus.Subscribe("request.>", "technician.>"), moving: s.bus.Subscribe("position.>")}
	defer b.sub.Close()
	defer b.moving.Close()
	// Who looks at the board sees contacts as they come: one note says so, with those of the beginning.
	if err := b.snapshot(ctx, actor); err != nil {
		return err
	}
	return b.listen(ctx)
}

type boardFollower struct {
	s      *Service
	send   func(BoardChange) error
	sub    *live.Subscription
	moving *live.Subscription
	// moves are the newest positions that were not sent yet, by their subjects.
	moves map[string]live.Signal
	// missed says that positions were lost: those on duty are read again at the next turn.
	missed bool
}

func (b *boardFollower) listen(ctx context.Context) error {
	b.moves = make(map[string]live.Signal)
	beat, again, all := time.NewTicker(b.s.heartbeat), time.NewTicker(b.s.reread), time.NewTicker(10*b.s.reread) // the whole board is a lot
	flush := time.NewTicker(movesEvery)
	for _, ticker := range []*time.Ticker{beat, again, all, flush} {
		defer ticker.Stop()
	}
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.sub.C():
			if signals, lost := b.sub.Take(); lost {
				err = b.snapshot(ctx, identity.System())
			} else {
				err = b.changed(ctx, signals)
			}
		case <-b.moving.C():
			signals, lost := b.moving.Take()
			for _, sig := range signals {
				b.moves[sig.Subject] = sig
			}
			b.missed = b.missed || lost
		case <-flush.C:
			err = b.flush()
		case <-again.C:
			if b.missed {
				b.missed = false
				_, err = b.onDuty(ctx, false)
			}
		case <-all.C:
			err = b.snapshot(ctx, identity.System())
		case <-beat.C:
			err = b.send(BoardChange{Heartbeat: true})
		}
		if err != nil {
			return err
		}
	}
}

// snapshot sends everything, noting whom it is shown to unless that is the system. What stands first in the queue goes
// ahead of the rest: whoever opens a board sees it while the rest is still read.
func (b *boardFollower) snapshot(ctx context.Context, shownTo identity.Actor) error {
	read := func(limit int64) (requests []*Request, err error) {
		q := b.s.db.NewSelect().Model(&requests).Where("state NOT IN (?, ?)", Completed, Cancelled).
			OrderExpr(promiseOrder + ", r.opened_at, r.id")
		if limit > 0 {
			q = q.Limit(limit)
		}
		if err := q.Scan(ctx); err != nil {
			return nil, fmt.Errorf("dispatch: reading the board: %w", err)
		}
		return requests, nil
	}
	tell := func(requests []*Request) error {
		noted := b.s.noteShown(ctx, shownTo, "board.watch", requests...)
		if err := errors.Join(b.s.attachVisits(ctx, b.s.db, requests), b.s.attachLatest(ctx, b.s.db, requests), noted()); err != nil {
			return err
		}
		for batch := range slices.Chunk(requests, boardBatch) {
			if err := b.send(BoardChange{Requests: batch, Snapshot: true}); err != nil {
				return err
			}
		}
		return nil
	}
	first, err := read(boardFirst)
	if err != nil {
		return err
	}
	if err := tell(first); err != nil {
		return err
	}
	told := len(first)
	if told == boardFirst {
		rest, err := read(0)
		if err != nil {
			return err
		}
		known := make(map[uuid.UUID]bool, told)
		for _, r := range first {
			known[r.ID] = true
		}
		// What changed since is among the signals.
		rest = slices.DeleteFunc(rest, func(r *Request) bool { return known[r.ID] })
		if err := tell(rest); err != nil {
			return err
		}
		told += len(rest)
	}
	technicians, err := b.onDuty(ctx, true)
	if err != nil {
		return err
	}
	return b.send(BoardChange{Snapshot: true, Complete: &BoardCount{told, technicians}})
}

// onDuty sends all technicians on duty and gives how many they are.
func (b *boardFollower) onDuty(ctx context.Context, snapshot bool) (int, error) {
	var ids []uuid.UUID
	if err := b.s.db.NewSelect().TableExpr("technicians AS t").ColumnExpr("t.id").Where("t.on_duty").
		Order("t.number").Scan(ctx, &ids); err != nil {
		return 0, fmt.Errorf("dispatch: reading the board: %w", err)
	}
	seen, err := b.s.seen(ctx, b.s.db, ids)
	if err != nil {
		return 0, err
	}
	for batch := range slices.Chunk(seen, boardBatch) {
		if err := b.send(BoardChange{Technicians: batch, Snapshot: snapshot}); err != nil {
			return 0, err
		}
	}
	return len(seen), nil
}

func (b *boardFollower) changed(ctx context.Context, signals []live.Signal) error {
	var requests, technicians []uuid.UUID
	for _, sig := range signals {
		if id, ok := subjectID(sig.Subject, "request."); ok {
			requests = append(requests, id)
		} else if id, ok := subjectID(sig.Subject, "technician."); ok {
			technicians = append(technicians, id)
			// Who goes off duty is at no place any more; where the others are is read now.
			delete(b.moves, positionSubject(id))
		}
	}
	if len(requests) > 0 {
		var rows []*Request
		if err := b.s.db.NewSelect().Model(&rows).Where("r.id IN (?)", bun.List(requests)).Scan(ctx); err != nil {
			return fmt.Errorf("dispatch: reading changes: %w", err)
		}
		if err := errors.Join(b.s.attachVisits(ctx, b.s.db, rows), b.s.attachLatest(ctx, b.s.db, rows)); err != nil {
			return err
		}
		for batch := range slices.Chunk(rows, boardBatch) {
			if err := b.send(BoardChange{Requests: batch}); err != nil {
				return err
			}
		}
	}
	seen, err := b.s.seen(ctx, b.s.db, technicians)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(seen, boardBatch) {
		if err := b.send(BoardChange{Technicians: batch}); err != nil {
			return err
		}
	}
	return nil
}

// flush sends who moved since the last time.
func (b *boardFollower) flush() error {
	if len(b.moves) == 0 {
		return nil
	}
	moved := make([]Position, 0, len(b.moves))
	for _, sig := range b.moves {
		if p, ok := positionOf(sig); ok {
			moved = append(moved, p)
		}
	}
	clear(b.moves)
	for batch := range slices.Chunk(moved, 10*boardBatch) {
		if err := b.send(BoardChange{Moved: batch}); err != nil {
			return err
		}
	}
	return nil
}
