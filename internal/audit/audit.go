package audit

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/postgres"
)

// Actor is who made a change; identity.Actor is one.
type Actor interface {
	// AuditIdentity gives the person (uuid.Nil for the server itself), the role and the network address
	// ("" where there is none).
	AuditIdentity() (personID uuid.UUID, role, address string)
}

// Write adds one line to the audit trail, at the transaction's time. action is a verb on a kind of object,
// such as "person.disable"; before and after are anything that marshals to JSON, nil where there was or is
// nothing.
func Write(ctx context.Context, tx postgres.Tx, actor Actor, action, objectKind string, objectID uuid.UUID,
	before, after any,
) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("audit: making an id: %w", err)
	}
	was, err := asJSON(before)
	if err != nil {
		return err
	}
	is, err := asJSON(after)
	if err != nil {
		return err
	}
	personID, role, address := actor.AuditIdentity()
	var by any
	if personID != uuid.Nil {
		by = personID
	}
	_, err = tx.NewRaw(`INSERT INTO audit_trail
		(id, at, actor_id, actor_role, address, action, object_kind, object_id, before, after)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb)`,
		id, tx.Now(), by, role, address, action, objectKind, objectID, was, is).Exec(ctx)
	if err != nil {
		return fmt.Errorf("audit: writing %s: %w", action, err)
	}
	return nil
}

// asJSON gives nil, which is stored as NULL, for nil.
func asJSON(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("audit: marshalling %T: %w", v, err)
	}
	return string(text), nil
}
