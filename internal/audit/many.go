package audit

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/postgres"
)

// Changed is what one line of WriteMany tells: an object with its values before and after, nil where there was or is nothing.
type Changed struct {
	ObjectID      uuid.UUID
	Before, After any
}

// WriteMany is Write for many objects of one kind that the same action changed, in one statement. None is fine.
func WriteMany(ctx context.Context, tx postgres.Tx, actor Actor, action, objectKind string, changes []Changed) error {
	if len(changes) == 0 {
		return nil
	}
	ids, objects := make([]string, len(changes)), make([]string, len(changes))
	was, is := make([]*string, len(changes)), make([]*string, len(changes))
	for i, c := range changes {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("audit: making an id: %w", err)
		}
		ids[i], objects[i] = id.String(), c.ObjectID.String()
		for _, side := range []struct {
			value any
			into  **string
		}{{c.Before, &was[i]}, {c.After, &is[i]}} {
			text, err := asJSON(side.value)
			if err != nil {
				return err
			}
			if text, ok := text.(string); ok {
				*side.into = &text
			}
		}
	}
	personID, role, address := actor.AuditIdentity()
	var by *string
	if personID != uuid.Nil {
		by = new(personID.String())
	}
	_, err := tx.PgxTx().Exec(ctx, `INSERT INTO audit_trail
			(id, at, actor_id, actor_role, address, action, object_kind, object_id, before, after)
		SELECT id::uuid, $1, $2::uuid, $3, $4, $5, $6, object_id::uuid, before::jsonb, after::jsonb
		FROM unnest($7::text[], $8::text[], $9::text[], $10::text[]) AS line (id, object_id, before, after)`,
		tx.Now(), by, role, address, action, objectKind, ids, objects, was, is)
	if err != nil {
		return fmt.Errorf("audit: writing %s: %w", action, err)
	}
	return nil
}
