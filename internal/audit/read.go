package audit

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/postgres"
)

// Read notes that the actor was shown personal data: of which objects of which kind, and by what, for example
// "people.list". One row is written for all of them; none for no ids. It is called with what was read and before it is
// answered, so that nothing is shown without its line: when it fails, the answer must fail.
//
// The caller does not wait for the disk: PostgreSQL flushes the line within its wal_writer_delay (a fifth of a second
// as a rule), so the last lines may be lost when the database's machine dies, and only then.
func Read(ctx context.Context, db *postgres.DB, actor Actor, action, objectKind string, ids ...uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("audit: making an id: %w", err)
	}
	personID, role, address := actor.AuditIdentity()
	var by any
	if personID != uuid.Nil {
		by = personID
	}
	// The setting holds for this statement's own transaction alone.
	_, err = db.ExecContext(ctx, `INSERT INTO personal_data_reads
		(id, at, actor_id, actor_role, address, action, object_kind, object_ids)
		SELECT ?, ?, ?, ?, ?, ?, ?, ARRAY[?]::uuid[] FROM set_config('synchronous_commit', 'off', true)`,
		id, db.Now(), by, role, address, action, objectKind, bun.List(ids))
	if err != nil {
		return fmt.Errorf("audit: noting a reading, %s: %w", action, err)
	}
	return nil
}
