package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/postgres"
)

// record writes what became of an attempt: the ledger, the subscription's health, and the e-mail that steps
// in after the last push that failed.
func (s *Service) record(ctx context.Context, w work, f fate) error {
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		updated, err := tx.NewRaw(`UPDATE deliveries
			SET state = ?, address = CASE WHEN ? THEN address END, attempts = attempts + ?, last_status = ?, last_error = ?, updated_at = ?
			WHERE id = ? AND state IN ('queued', 'retrying')`,
			f.state, f.state.open(), f.tried, f.status, shorten(clean(f.detail), 500), tx.Now(), w.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("notify: writing the ledger: %w", err)
		}
		if n, err := updated.RowsAffected(); err != nil || n == 0 {
			return err // the ledger has its final word already
		}
		if w.SubscriptionID == uuid.Nil {
			return recordAddress(ctx, tx, w, f)
		}
		if err := recordHealth(ctx, tx, w, f); err != nil {
			return err
		}
		if f.state == Failed || f.state == Gone {
			return s.stepIn(ctx, tx, w)
		}
		return nil
	})
}

// recordHealth keeps the subscription's record, or removes a subscription that is dead.
func recordHealth(ctx context.Context, tx postgres.Tx, w work, f fate) error {
	var err error
	switch {
	case f.tried == 0:
		return nil
	case f.state == Sent:
		_, err = tx.NewRaw(`UPDATE push_subscriptions SET last_delivered_at = ?, failures = 0 WHERE id = ?`,
			tx.Now(), w.SubscriptionID).Exec(ctx)
	case f.state == Gone || f.unsubscribe:
		// Not one that the browser has renewed while we sent.
		_, err = tx.NewRaw(`DELETE FROM push_subscriptions WHERE id = ? AND endpoint = ? AND p256dh = ? AND auth = ?`,
			w.SubscriptionID, w.Endpoint, w.P256dh, w.Auth).Exec(ctx)
	default:
		_, err = tx.NewRaw(`UPDATE push_subscriptions SET failures = failures + 1 WHERE id = ?`,
			w.SubscriptionID).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("notify: recording a subscription's health: %w", err)
	}
	return nil
}

// stepIn queues an e-mail, once, when no push of the message got through or still may. A push that gave way
// to a newer message counts as got through: that one has its own e-mail.
func (s *Service) stepIn(ctx context.Context, tx postgres.Tx, w work) error {
	if policies[w.Kind].mail == mailNever || w.Disabled {
		return nil
	}
	// The lock makes two browsers that fail at once take turns: the second sees what the first wrote.
	var locked uuid.UUID
	err := tx.NewRaw(`SELECT id FROM notifications WHERE id = ? FOR NO KEY UPDATE`, w.NotificationID).Scan(ctx, &locked)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("notify: locking a message: %w", err)
	}
	var others int
	err = tx.NewRaw(`SELECT count(*) FROM deliveries
		WHERE notification_id = ? AND (channel = 'email' OR state NOT IN ('failed', 'gone'))`,
		w.NotificationID).Scan(ctx, &others)
	if err != nil {
		return fmt.Errorf("notify: reading a message's deliveries: %w", err)
	}
	if others > 0 {
		return nil
	}
	people, err := readPeople(ctx, tx, sought{people: []uuid.UUID{w.PersonID}}, false)
	if err != nil || len(people) == 0 || !s.canMail(w.Kind, people[0]) {
		return err
	}
	if err := askMail(ctx, tx, people); err != nil {
		return err
	}
	var b batch
	addEmail(&b, w.notification(), people[0], tx)
	return s.store(ctx, tx, b)
}
