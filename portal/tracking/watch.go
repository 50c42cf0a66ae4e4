package tracking

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/signedlink"
)

// Seen is what whoever has a link sees at one moment.
type Seen struct {
	// Sight is without the history.
	dispatch.Sight
	// Until is when the link stops working.
	Until time.Time
}

// askAgain is how often an open page asks whether its link still works while nothing else makes it ask.
const askAgain = 15 * time.Second

// errEnough ends following after the first sight.
var errEnough = errors.New("tracking: seen enough")

// Get gives what there is to see of the request behind a token. ErrUnknown when the link does not work.
func (s *Service) Get(ctx context.Context, token string) (seen Seen, err error) {
	err = s.follow(ctx, token, func(now Seen) error {
		seen = now
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return seen, err
}

// Watch sends what there is to see of the request behind a token, and again at each change and, while En route, each new
// position, until the request has ended; see dispatch.Service.Follow. ErrUnknown when the link does not work, or no longer;
// Limited "share_busy" when too many pages are open on it.
func (s *Service) Watch(ctx context.Context, token string, send func(Seen) error) error {
	return s.follow(ctx, token, send)
}

func (s *Service) follow(ctx context.Context, token string, send func(Seen) error) error {
	id, err := s.read(ctx, token)
	if err != nil {
		return err
	}
	// First the signals, then the row: what is taken back between the two is seen.
	sub := s.Bus.Subscribe(subject(id))
	defer sub.Close()
	share, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	leave, err := s.enter(id)
	if err != nil {
		return err
	}
	defer leave()
	if err := s.opened(ctx, id); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func(share *Share) {
		defer close(ended)
		s.untilOver(ctx, cancel, share, sub.C())
	}(share)
	defer func() { cancel(nil); <-ended }()

	asked := time.Now()
	err = s.Dispatch.Follow(ctx, share.RequestID, func(sight dispatch.Sight) error {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if sight.Changed || sight.Heartbeat || time.Since(asked) > askAgain || !share.works(sight.Now) {
			found, err := s.find(ctx, id)
			if err != nil {
				return err
			}
			share, asked = found, time.Now()
		}
		sight.Activities = nil
		return send(Seen{Sight: sight, Until: share.Until()})
	})
	if cause := context.Cause(ctx); errors.Is(cause, ErrUnknown) {
		return cause
	}
	return err
}

// untilOver cancels once the link works no longer: when it is signalled that it was taken back, and when its time is over.
func (s *Service) untilOver(ctx context.Context, cancel context.CancelCauseFunc, share *Share, signalled <-chan struct{}) {
	for {
		timer := time.NewTimer(max(share.Until().Sub(s.DB.Now()), time.Second))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-signalled:
		case <-timer.C:
		}
		timer.Stop()
		switch found, err := s.find(ctx, share.ID); {
		case errors.Is(err, ErrUnknown):
			cancel(err)
			return
		case err == nil: // where the database does not answer, it is asked again
			share = found
		}
	}
}

// read gives the id of the link that a token is, and uuid.Nil, which no link has, for a token that is none of ours or has
// expired: the row is then asked for all the same, so that nobody can tell by the clock.
func (s *Service) read(ctx context.Context, token string) (uuid.UUID, error) {
	name, err := s.keys.Open(ctx, purpose, token)
	switch {
	case errors.Is(err, signedlink.ErrUnknown), errors.Is(err, signedlink.ErrExpired):
		return uuid.Nil, nil
	case err != nil:
		return uuid.Nil, err
	}
	id, err := uuid.Parse(name)
	if err != nil {
		return uuid.Nil, fmt.Errorf("tracking: a token of ours is about %q", name)
	}
	return id, nil
}

// find gives a link that works; ErrUnknown for any other.
func (s *Service) find(ctx context.Context, id uuid.UUID) (*Share, error) {
	share := new(Share)
	err := s.DB.NewSelect().Model(share).ColumnExpr("share.*, r.ended_at").
		Join("JOIN service_requests AS r ON r.id = share.request_id").Where("share.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !share.works(s.DB.Now()) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("tracking: reading a link: %w", err)
	}
	return share, nil
}

// opened remembers that a link was opened, once a minute at most.
func (s *Service) opened(ctx context.Context, id uuid.UUID) error {
	now := s.DB.Now()
	_, err := s.DB.ExecContext(ctx, `UPDATE request_shares SET last_opened_at = ? WHERE id = ? AND revoked_at IS NULL
		AND (last_opened_at IS NULL OR last_opened_at <= ?)`, now, id, now.Add(-time.Minute))
	if err != nil {
		return fmt.Errorf("tracking: remembering that a link was opened: %w", err)
	}
	return nil
}
