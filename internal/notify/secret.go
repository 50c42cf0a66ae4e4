package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"utsendt/internal/postgres"
)

// SecretURL among what a SecretFunc makes is the path of the mail's link, in place of Message.URL:
// "/confirm?token=…".
const SecretURL = "url"

// ErrNotWanted from a SecretFunc means that the mail has become pointless, because the link was used or the
// sign-up withdrawn, for example: it is withheld, and the ledger says so.
var ErrNotWanted = errors.New("notify: the mail is no longer wanted")

// Recipient is whom a mail with a secret is about to go to.
type Recipient struct {
	// PersonID is uuid.Nil for a mail to an address.
	PersonID uuid.UUID
	// Email is where it goes: the person's address now, or the Audience's.
	Email    string
	Language string
	// NotificationID names the message; it stays the same from one attempt to the next.
	NotificationID uuid.UUID
	// SubjectKind and SubjectID are the Message's.
	SubjectKind string
	SubjectID   uuid.UUID
}

// SecretFunc makes what only the mail may say: a temporary password, a link with a token. It gives the values of
// the kind's secrets, and of SecretURL where the link has one. What it writes is committed before the mail goes
// out. It runs again for each attempt, so each mail has a secret of its own; making a new one should end the one
// before. An error other than ErrNotWanted means that nothing is known yet: the mail is tried again later.
type SecretFunc func(ctx context.Context, tx postgres.Tx, to Recipient) (map[string]string, error)

// RegisterSecret says who makes the secrets of a kind. Call it at assembly, before jobs are worked; twice for a
// kind, or for a kind without secrets, is a mistake of ours and panics.
func (s *Service) RegisterSecret(kind Kind, make SecretFunc) {
	if len(policies[kind].secrets) == 0 {
		panic(fmt.Sprintf("notify: %q declares no secrets", kind))
	}
	if s.secrets[kind] != nil {
		panic(fmt.Sprintf("notify: two functions for the secrets of %q", kind))
	}
	s.secrets[kind] = make
}

// MissingSecrets lists the kinds with secrets that nobody registered for; a test of the whole server checks that
// there are none.
func (s *Service) MissingSecrets() []Kind {
	var missing []Kind
	for _, kind := range slices.Sorted(maps.Keys(policies)) {
		if len(policies[kind].secrets) > 0 && s.secrets[kind] == nil {
			missing = append(missing, kind)
		}
	}
	return missing
}

// makeSecrets runs a kind's function; nil for a kind without. Its errors never hold a secret of ours: they are the
// function's.
func (s *Service) makeSecrets(ctx context.Context, w work) (map[string]string, error) {
	declared := policies[w.Kind].secrets
	if len(declared) == 0 {
		return nil, nil
	}
	fn := s.secrets[w.Kind]
	if fn == nil {
		return nil, errNoSecretFunc
	}
	var made map[string]string
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) (err error) {
		made, err = fn(ctx, tx, Recipient{
			PersonID: w.PersonID, Email: w.Email, Language: w.Language, NotificationID: w.NotificationID,
			SubjectKind: w.SubjectKind, SubjectID: w.SubjectID,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, name := range declared {
		if made[name] == "" {
			return nil, fmt.Errorf("notify: the function for the secrets of %q made no %q", w.Kind, name)
		}
	}
	if path, ok := made[SecretURL]; ok && !isPath(path) {
		return nil, fmt.Errorf("notify: the function for the secrets of %q made a link that is no path", w.Kind)
	}
	return made, nil
}

var errNoSecretFunc = errors.New("notify: nobody makes the secrets of this kind")
