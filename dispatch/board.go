package dispatch

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/live"
)

// BoardChange is one message of a board's stream; exactly one field is set.
type BoardChange struct {
	Request    *Request
	Technician *Seen
	Moved      *Position
	// Complete ends a snapshot, with how many it held.
	Complete  *BoardCount
	Heartbeat bool
}

// BoardCount is how many requests and technicians a snapshot held.
type BoardCount struct{ Requests, Technicians int }

// FollowBoard sends every open request and every technician on duty, then each change, until ctx ends or send fails.
// When signals were lost it sends a new snapshot. For dispatchers.
func (s *Service) FollowBoard(ctx context.Context, actor identity.Actor, send func(BoardChange) error) error {
	if err := mayRead(actor); err != nil {
		return err
	}
	sub := s.bus.Subscribe("request.>", "technician.>", "position.>")
	defer sub.Close()
	// Who looks at the board sees contacts as they come: one note says so, with those of the beginning.
	if err := s.boardSnapshot(ctx, actor, send); err != nil {
		return err
	}
	return s.listen(ctx, sub, listener{
		// The whole board is a lot.
		every:     10 * s.reread,
		read:      func() error { return s.boardSnapshot(ctx, identity.System(), send) },
		signalled: func(signals []live.Signal) error { return s.boardChanges(ctx, signals, send) },
		beat:      func() error { return send(BoardChange{Heartbeat: true}) },
	})
}

// boardSnapshot sends everything, noting whom it is shown to unless that is the system.
func (s *Service) boardSnapshot(ctx context.Context, shownTo identity.Actor, send func(BoardChange) error) error {
	var requests []*Request
	if err := s.db.NewSelect().Model(&requests).Where("state NOT IN (?, ?)", Completed, Cancelled).
		OrderExpr(promiseOrder + ", r.opened_at, r.id").Scan(ctx); err != nil {
		return fmt.Errorf("dispatch: reading the board: %w", err)
	}
	noted := s.noteShown(ctx, shownTo, "board.watch", requests...)
	if err := errors.Join(s.attachVisits(ctx, s.db, requests), noted()); err != nil {
		return err
	}
	for _, r := range requests {
		if err := send(BoardChange{Request: r}); err != nil {
			return err
		}
	}
	var ids []uuid.UUID
	if err := s.db.NewSelect().TableExpr("technicians AS t").ColumnExpr("t.id").Where("t.on_duty").
		Order("t.number").Scan(ctx, &ids); err != nil {
		return fmt.Errorf("dispatch: reading the board: %w", err)
	}
	seen, err := s.seen(ctx, s.db, ids)
	if err != nil {
		return err
	}
	for i := range seen {
		if err := send(BoardChange{Technician: &seen[i]}); err != nil {
			return err
		}
	}
	return send(BoardChange{Complete: &BoardCount{len(requests), len(seen)}})
}

func (s *Service) boardChanges(ctx context.Context, signals []live.Signal, send func(BoardChange) error) error {
	var requests, technicians []uuid.UUID
	for _, sig := range signals {
		if p, ok := positionOf(sig); ok {
			if err := send(BoardChange{Moved: &p}); err != nil {
				return err
			}
		} else if id, ok := subjectID(sig.Subject, "request."); ok {
			requests = append(requests, id)
		} else if id, ok := subjectID(sig.Subject, "technician."); ok {
			technicians = append(technicians, id)
		}
	}
	if len(requests) > 0 {
		var rows []*Request
		if err := s.db.NewSelect().Model(&rows).Where("r.id IN (?)", bun.List(requests)).Scan(ctx); err != nil {
			return fmt.Errorf("dispatch: reading changes: %w", err)
		}
		if err := s.attachVisits(ctx, s.db, rows); err != nil {
			return err
		}
		for _, r := range rows {
			if err := send(BoardChange{Request: r}); err != nil {
				return err
			}
		}
	}
	seen, err := s.seen(ctx, s.db, technicians)
	if err != nil {
		return err
	}
	for i := range seen {
		if err := send(BoardChange{Technician: &seen[i]}); err != nil {
			return err
		}
	}
	return nil
}
