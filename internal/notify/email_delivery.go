package notify

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/notify/email"
)

// emailGrace is how much later than by push a message may go out by e-mail: it begins when push has failed.
const emailGrace = 15 * time.Minute

// Why a mail was withheld, as the ledger says it.
const (
	detailTurnedOff = "the person turned off mail of this class"
	detailPaused    = "mail to this address is paused: it was refused too often"
	detailNotWanted = "no longer wanted"
)

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
	class := policies[w.Kind].class
	switch {
	case w.Disabled:
		return fate{state: Failed, detail: "the person is disabled"}, nil
	case s.mail == nil:
		return fate{state: Failed, detail: "e-mail is no longer set up"}, nil
	case w.Email == "":
		return fate{state: Failed, detail: "the person has no e-mail address any more"}, nil
	case class.canTurnOff() && slices.Contains(w.Off, string(class)):
		return fate{state: Withheld, detail: detailTurnedOff}, nil
	case w.Paused:
		return fate{state: Withheld, detail: detailPaused}, nil
	case !s.db.Now().Before(deadline):
		return fate{state: Failed, detail: "too old to be sent"}, nil
	}
	secrets, err := s.makeSecrets(ctx, w)
	switch {
	case errors.Is(err, ErrNotWanted):
		return fate{state: Withheld, detail: detailNotWanted}, nil
	case errors.Is(err, errNoSecretFunc):
		return fate{state: Failed, detail: "this server cannot make what the mail must say"}, nil
	case err != nil:
		return fate{}, err
	}
	message, err := s.mailOf(ctx, w, secrets, s.db.Now())
	if err != nil {
		return fate{}, err
	}
	err = s.mail.Send(ctx, message)
	var failure *email.Error
	switch {
	case err == nil:
		return fate{state: Sent, tried: 1}, nil
	case !errors.As(err, &failure):
		return fate{}, err // the context's, or ours: the job is run again
	case failure.Refused:
		return fate{
			state: Failed, tried: 1, status: failure.Status, detail: failure.Detail, badAddress: failure.BadAddress,
		}, nil
	default:
		// Nothing steps in for e-mail, and mail servers make strangers wait (greylisting), so it gets longer.
		return s.later(w, 2*s.attempts, failure.Status, failure.Detail, 0, deadline), nil
	}
}
