package notify

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/notify/email"
)

// emailGrace is how much later than by push a message may go out by e-mail: it begins when push has failed.
const emailGrace = 15 * time.Minute

// deliverEmail makes one attempt at one e-mail, as deliverPush does for push. A mail that was sent twice has
// the same Message-ID.
func (s *Service) deliverEmail(ctx context.Context, id uuid.UUID) (time.Duration, error) {
	w, found, err := s.load(ctx, id)
	if err != nil || !found || !w.State.open() {
		return 0, err
	}
	f, err := s.tryEmail(ctx, w)
	if err != nil {
		return 0, err
	}
	return f.wait, s.record(ctx, w, f)
}

func (s *Service) tryEmail(ctx context.Context, w work) (fate, error) {
	deadline := w.notification().expires().Add(emailGrace)
	switch {
	case w.Disabled:
		return fate{state: Failed, detail: "the person is disabled"}, nil
	case s.mail == nil:
		return fate{state: Failed, detail: "e-mail is no longer set up"}, nil
	case w.Email == "":
		return fate{state: Failed, detail: "the person has no e-mail address any more"}, nil
	case !s.db.Now().Before(deadline):
		return fate{state: Failed, detail: "too old to be sent"}, nil
	}
	open, err := s.texts.get(w.Language, "email.open", nil)
	if err != nil {
		return fate{}, err
	}
	why, err := s.texts.get(w.Language, "email.why", nil)
	if err != nil {
		return fate{}, err
	}
	err = s.mail.Send(ctx, email.Message{
		ID: w.ID.String(), To: w.Email, Subject: w.Title, Body: w.Body,
		Link: s.baseURL + w.URL, LinkText: open, Why: why, Language: w.Language, Date: w.CreatedAt,
	})
	var failure *email.Error
	switch {
	case err == nil:
		return fate{state: Sent, tried: 1}, nil
	case !errors.As(err, &failure):
		return fate{}, err // the context's, or ours: the job is run again
	case failure.Refused:
		return fate{state: Failed, tried: 1, status: failure.Status, detail: failure.Detail}, nil
	default:
		// Nothing steps in for e-mail, and mail servers make strangers wait (greylisting), so it gets longer.
		return s.later(w, 2*s.attempts, failure.Status, failure.Detail, 0, deadline), nil
	}
}
