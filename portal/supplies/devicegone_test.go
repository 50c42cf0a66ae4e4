package supplies_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
	"utsendt/portal/supplies"
)

// TestDeviceGoesWhileItIsOrderedFor: an order that has seen the device waits for whoever moves or retires it, and is then
// answered as for a device that does not exist; nothing is left of it.
func TestDeviceGoesWhileItIsOrderedFor(t *testing.T) {
	t.Parallel()
	const move = `UPDATE devices SET account_id = ?0, site_id = ?1, contract_id = NULL WHERE id = ?2`
	const retire = `UPDATE devices SET retired_at = now() WHERE id = ?2`
	for what, c := range map[string]struct {
		change string
		staff  bool
	}{"moved": {move, false}, "retired": {retire, false}, "moved, by staff": {move, true}, "retired, by staff": {retire, true}} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			site := uuid.New()
			w.exec(t, `INSERT INTO sites (id, account_id, number, name, line1, postal_code, city, country, quality, time_zone, created_at, updated_at)
				VALUES (?, ?, '77', 'Fremmed', 'Eksempelveien 7', '8001', 'Bodø', 'NO', 'none', 'Europe/Oslo', now(), now())`, site, w.stranger.AccountID)
			line2, placed := "ny linje", make(chan error, 1)
			err := postgres.InTx(t.Context(), w.DB, func(ctx context.Context, tx postgres.Tx) error {
				if _, err := tx.ExecContext(ctx, c.change, w.stranger.AccountID, site, w.device.ID); err != nil {
					return err
				}
				go func() {
					wish := w.wish()
					wish.Edit.Line2 = &line2
					var err error
					if c.staff {
						wish.DeviceID, wish.SerialNumber = uuid.Nil, w.device.SerialNumber
						_, err = w.s.PlaceFor(context.Background(), w.Dispatcher, uuid.New(), wish)
					} else {
						_, err = w.s.Place(context.Background(), w.Customer, uuid.New(), wish)
					}
					placed <- err
				}()
				w.waitForLock(t)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			wantReason(t, what, <-placed, fault.NotFound, "device_not_found")
			if n := w.count(t, `SELECT (SELECT count(*) FROM supply_orders) + (SELECT count(*) FROM delivery_addresses) + (SELECT count(*) FROM audit_trail)`); n != 0 {
				t.Errorf("%d traces", n)
			}
			// What was gone before is answered alike.
			_, err = w.s.Place(t.Context(), w.Customer, uuid.New(), supplies.Wish{DeviceID: w.device.ID, Lines: w.wish().Lines})
			wantReason(t, what+" before", err, fault.NotFound, "device_not_found")
		})
	}
}

// waitForLock waits until somebody else waits for a row.
func (w *world) waitForLock(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); w.count(t, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) == 0; {
		if time.Now().After(deadline) {
			t.Error("the order does not wait for the device")
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}
