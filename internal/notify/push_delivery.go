package notify

import (
	"context"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/notify/webpush"
)

// deliverPush makes one attempt at one push delivery and records what came of it. It returns how long to
// wait before the next attempt, 0 when there is none.
//
// The promise is "at least once": the push service may have taken the message when the process dies before
// the ledger says so, and then it is sent again. Both copies have the same tag, so the browser shows one.
func (s *Service) deliverPush(ctx context.Context, id uuid.UUID) (time.Duration, error) {
	w, found, err := s.load(ctx, id)
	if err != nil || !found || !w.State.open() {
		return 0, err
	}
	f, err := s.tryPush(ctx, w)
	if err != nil {
		return 0, err
	}
	return f.wait, s.record(ctx, w, f)
}

// tryPush decides whether to send, sends, and maps the result. An error means that nothing is known: the
// job is run again.
func (s *Service) tryPush(ctx context.Context, w work) (fate, error) {
	n := w.notification()
	now := s.db.Now()
	switch {
	case w.Disabled:
		return fate{state: Failed, detail: "the person is disabled"}, nil
	case w.Endpoint == "":
		return fate{state: Gone, detail: "the subscription was removed"}, nil
	case w.NewerSent, w.NewerOpen && w.Attempts > 0:
		// What is late gives way to what is newer, even where that waits itself: the older must not
		// arrive after it.
		return fate{state: Superseded, detail: "a newer message took its place"}, nil
	case n.expired(now):
		return fate{state: Failed, detail: "too old to be sent"}, nil
	}
	keys, err := s.keys.parse(w.KeyID, w.PublicKey, w.PrivateKey)
	if err != nil {
		return fate{state: Failed, detail: "the stored VAPID key is damaged"}, nil
	}
	text, err := encodePayload(n)
	if err != nil {
		return fate{state: Failed, detail: err.Error()}, nil
	}
	result, err := s.push.Send(ctx,
		webpush.Subscription{Endpoint: w.Endpoint, P256dh: w.P256dh, Auth: w.Auth}, keys,
		webpush.Message{
			Payload: text, TTL: min(n.expires().Sub(now), webpush.MaxTTL),
			Urgency: policies[w.Kind].urgency, Topic: topic(w.SubjectKind, w.SubjectID),
		})
	switch {
	case err != nil && ctx.Err() != nil:
		return fate{}, ctx.Err()
	case err != nil:
		// Input that can never be sent, such as a subscription whose keys are damaged.
		return fate{state: Failed, tried: 1, detail: "cannot be sent: " + fault.ReasonOf(err)}, nil
	}
	switch result.Class {
	case webpush.Delivered:
		return fate{state: Sent, tried: 1, status: result.Status}, nil
	case webpush.Gone:
		return fate{state: Gone, tried: 1, status: result.Status, detail: "the browser has unsubscribed"}, nil
	case webpush.RetryLater:
		return s.later(w, s.attempts, result.Status, result.Detail, result.RetryAfter, n.expires()), nil
	case webpush.Blocked:
		return fate{state: Failed, tried: 1, detail: result.Detail, unsubscribe: true}, nil
	default:
		return fate{state: Failed, tried: 1, status: result.Status, detail: "refused: " + result.Detail}, nil
	}
}
