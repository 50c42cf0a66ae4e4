package audit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/postgres"
)

const (
	// oneLook is how long the same look is one: a page that is read again and again leaves a line a minute.
	oneLook = time.Minute
	// remembered bounds what a Recent keeps, at some 60 bytes each.
	remembered = 20_000
)

// Recent notes readings as Read does, but the same look within a minute once: the same person from the same address,
// shown the same objects in the same order by the same action. The zero Recent is ready; it is safe for concurrent use.
type Recent struct {
	mu   sync.Mutex
	last map[[sha256.Size]byte]time.Time
}

// Read is audit.Read for what was not noted within the last minute. One that failed is not taken for noted.
func (r *Recent) Read(ctx context.Context, db *postgres.DB, actor Actor, action, objectKind string, ids ...uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	key, now := look(actor, action, objectKind, ids), db.Now()
	r.mu.Lock()
	at, known := r.last[key]
	r.mu.Unlock()
	if age := now.Sub(at); known && age >= 0 && age < oneLook {
		return nil
	}
	if err := Read(ctx, db, actor, action, objectKind, ids...); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil || len(r.last) >= remembered {
		r.last = make(map[[sha256.Size]byte]time.Time) // forgetting costs a line too many, never one too few
	}
	r.last[key] = now
	return nil
}

func look(actor Actor, action, objectKind string, ids []uuid.UUID) (key [sha256.Size]byte) {
	person, role, address := actor.AuditIdentity()
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s\n%s\n%q\n%q\n%q\n", person, role, address, action, objectKind) // a hash takes everything
	for _, id := range ids {
		_, _ = sum.Write(id[:])
	}
	sum.Sum(key[:0])
	return key
}
