package audit

import (
	"context"
	"fmt"
	"time"

	"utsendt/internal/postgres"
)

// How long lines are kept unless the operator says otherwise.
const (
	// KeepChanges is five years: as long as bookkeeping has to show who changed what.
	KeepChanges = 5 * 366 * 24 * time.Hour
	// KeepReads is a year.
	KeepReads = 366 * 24 * time.Hour
)

// Purge removes lines older than that, which nothing else can: both tables refuse UPDATE and DELETE but in a transaction
// that is marked as this one is.
func Purge(ctx context.Context, db *postgres.DB, keepChanges, keepReads time.Duration) error {
	return postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT set_config('utsendt.audit_retention', 'on', true)`); err != nil {
			return fmt.Errorf("audit: beginning to purge: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM audit_trail WHERE at < ?`, tx.Now().Add(-keepChanges)); err != nil {
			return fmt.Errorf("audit: purging changes: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM personal_data_reads WHERE at < ?`, tx.Now().Add(-keepReads)); err != nil {
			return fmt.Errorf("audit: purging readings: %w", err)
		}
		return nil
	})
}
