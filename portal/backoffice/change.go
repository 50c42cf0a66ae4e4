package backoffice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/internal/revision"
)

// thing is a row that staff make, change and remove.
type thing interface {
	// begin gives a new row its id and time.
	begin(id uuid.UUID, now time.Time)
	touch(now time.Time)
	// fields are the values that may be changed, for the revision and the audit trail.
	fields() revision.Fields
}

// do runs one operation in one transaction. The same one again gives the same answer.
func do[T any](ctx context.Context, s *Service, actor identity.Actor, op uuid.UUID, kind string, asked any,
	fn func(ctx context.Context, tx postgres.Tx) (T, error),
) (answer T, err error) {
	key := once.Key{Person: actor.PersonID, ID: op, Kind: kind}
	return once.InTx(ctx, s.db, key, asked, fn)
}

// insert stores a new thing of a kind with its audit line.
func insert(ctx context.Context, tx postgres.Tx, actor identity.Actor, kind string, row thing) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return id, fmt.Errorf("backoffice: making an id: %w", err)
	}
	row.begin(id, tx.Now())
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return id, refused(err, "making a "+kind)
	}
	return id, audit.Write(ctx, tx, actor, kind+".create", kind, id, nil, row.fields().Audited())
}

// lock reads a thing for changing it; NotFound when there is none.
func lock(ctx context.Context, tx postgres.Tx, kind string, id uuid.UUID, row thing) error {
	err := tx.NewSelect().Model(row).Where("id = ?", id).For("UPDATE").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return notThere(kind)
	}
	if err != nil {
		return fmt.Errorf("backoffice: locking a %s: %w", kind, err)
	}
	return nil
}

// update changes a thing that somebody saw at a revision. What changes nothing leaves no line.
func update(ctx context.Context, tx postgres.Tx, actor identity.Actor, kind string, id uuid.UUID, seen string, row thing,
	change func() error,
) error {
	if err := lock(ctx, tx, kind, id, row); err != nil {
		return err
	}
	before := row.fields()
	if err := before.Check(seen); err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	return store(ctx, tx, actor, kind+".update", kind, id, before, row)
}

// store writes a changed thing with its audit line.
func store(ctx context.Context, tx postgres.Tx, actor identity.Actor, action, kind string, id uuid.UUID,
	before revision.Fields, row thing,
) error {
	after := row.fields()
	if len(after.Changed(before)) == 0 {
		return nil
	}
	row.touch(tx.Now())
	if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
		return refused(err, "changing a "+kind)
	}
	return audit.Write(ctx, tx, actor, action, kind, id, before.Audited(), after.AuditedAfter(before))
}

// notThere is the answer for what does not exist.
func notThere(kind string) error {
	return fault.NewNotFound(kind+"_not_found", "There is no such "+kind+".")
}

// refused says in people's words which rule of the tables a change breaks.
func refused(err error, doing string) error {
	for constraint, taken := range map[string]struct{ field, reason, message string }{
		"accounts_number_key":         {"fields.number", "number_taken", "There is an account with this number already."},
		"sites_account_id_number_key": {"fields.number", "number_taken", "The account has a site with this number already."},
		"models_name_key":             {"fields.name", "name_taken", "There is a model with this name already."},
		"contracts_number_key":        {"fields.number", "number_taken", "There is a contract with this number already."},
		"devices_serial_number_key":   {"fields.serial_number", "serial_number_taken", "There is a device with this serial number already."},
	} {
		if postgres.IsUnique(err, constraint) {
			return fault.NewExists(taken.reason, taken.message, fault.Field(taken.field), fault.Cause(err))
		}
	}
	return fmt.Errorf("backoffice: %s: %w", doing, err)
}
