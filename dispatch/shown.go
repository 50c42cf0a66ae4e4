package dispatch

import (
	"context"

	"github.com/google/uuid"

	"utsendt/internal/identity"
)

// noteShown begins to note that requests, with the contacts in them, are shown to somebody of staff. What it gives waits
// for the note, and must be called before anything is answered: an answer without its note is none. Beginning early lets
// the note be written while the rest of the answer is read; the same look within a minute is noted once (audit.Recent). The server's own reading is nobody's.
func (s *Service) noteShown(ctx context.Context, actor identity.Actor, action string, requests ...*Request) (wait func() error) {
	var ids []uuid.UUID
	for _, r := range requests {
		if r.Contact != (Contact{}) {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 || actor.Is(identity.RoleSystem) {
		return func() error { return nil }
	}
	noted := make(chan error, 1)
	go func() { noted <- s.shown.Read(ctx, s.db, actor, action, "request", ids...) }()
	return func() error { return <-noted }
}
