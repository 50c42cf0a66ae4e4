package dispatch

import (
	"context"
	"time"

	"utsendt/internal/live"
)

// listener is what an open stream does about what it hears.
type listener struct {
	// every is how often everything is read again: a lost signal delays, but never loses.
	every time.Duration
	// read reads everything and sends what is new; also when signals were lost.
	read func() error
	// signalled is called with the signals that came.
	signalled func([]live.Signal) error
	// beat says that the line is up.
	beat func() error
}

// listen serves a subscription until ctx ends or one of the listener's functions fails, and gives that error.
func (s *Service) listen(ctx context.Context, sub *live.Subscription, l listener) error {
	beat, again := time.NewTicker(s.heartbeat), time.NewTicker(l.every)
	defer beat.Stop()
	defer again.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-sub.C():
			if signals, lost := sub.Take(); lost {
				err = l.read()
			} else {
				err = l.signalled(signals)
			}
		case <-again.C:
			err = l.read()
		case <-beat.C:
			err = l.beat()
		}
		if err != nil {
			return err
		}
	}
}
