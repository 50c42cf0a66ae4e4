package addresschange_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/portal/addresschange"
)

// TestAllAtOnce: two ask at once, and approving, refusing and withdrawing meet: one of each wins, and nothing is half done.
func TestAllAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, colleague := w.person(t, w.account, w.devices[0]), w.person(t, w.account, w.devices[1])
	together := func(work ...func() error) (won int, errs []error) {
		errs = make([]error, len(work))
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i, do := range work {
			wg.Go(func() { <-start; errs[i] = do() })
		}
		close(start)
		wg.Wait()
		for _, err := range errs {
			if err == nil {
				won++
			}
		}
		return won, errs
	}
	for round := range 5 {
		ask := func(who identity.Actor, device uuid.UUID) func() error {
			return func() error {
				to := bodo()
				to.Line1 = fmt.Sprint("Havnegata ", round)
				_, err := w.s.Request(t.Context(), who, uuid.New(), addresschange.Wish{DeviceID: device, Reason: "x", Address: to})
				return err
			}
		}
		won, errs := together(ask(me, w.devices[0]), ask(me, w.devices[0]), ask(me, w.devices[0]), ask(colleague, w.devices[1]))
		if won != 1 {
			t.Fatalf("%d asked: %v", won, errs)
		}
		list, err := w.s.Mine(t.Context(), me, true, addresschange.Page{})
		if err != nil || len(list.Changes) != 1 {
			t.Fatalf("pending: %+v %v", list, err)
		}
		c := list.Changes[0]
		owner := identity.Actor{PersonID: c.RequestedBy, Role: identity.RoleCustomer, AccountID: w.account}
		r, err := w.s.Review(t.Context(), w.staff, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		second := w.person(t, uuid.Nil)
		won, errs = together(
			func() error {
				_, err := w.s.Approve(t.Context(), w.staff, uuid.New(), c.ID, addresschange.Approval{SeenAt: r.Now.UpdatedAt})
				return err
			},
			func() error { _, err := w.s.Refuse(t.Context(), second, uuid.New(), c.ID, "Nei"); return err },
			func() error { _, err := w.s.Withdraw(t.Context(), owner, uuid.New(), c.ID); return err },
		)
		for _, err := range errs {
			if err != nil && reason(err) != "address_change_decided" {
				t.Errorf("round %d: %v", round, err)
			}
		}
		state := w.text(t, `SELECT state FROM address_changes WHERE id = ?`, c.ID)
		at := w.text(t, `SELECT line1 FROM sites WHERE id = ?`, w.site)
		if won != 1 || (at == fmt.Sprint("Havnegata ", round)) != (state == "approved") {
			t.Errorf("round %d: %d won, the change is %s, the site at %s", round, won, state, at)
		}
	}
}

// TestKilledBetween: when the last step fails, the site has not moved and deliveries have no new address.
func TestKilledBetween(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.person(t, w.account, w.devices[0])
	c := w.request(t, me, w.devices[0], bodo())
	w.told.fail = errors.New("the server is gone")
	if _, err := w.approve(t, c.ID); err == nil {
		t.Fatal("it did not fail")
	}
	if state, city, kept := w.text(t, `SELECT state FROM address_changes`), w.text(t, `SELECT city FROM sites WHERE id = ?`, w.site),
		w.text(t, `SELECT count(*)::text FROM delivery_addresses`); state != "pending" || city != "Oslo" || kept != "0" {
		t.Errorf("half is left: %s, %s, %s", state, city, kept)
	}
	w.told.fail = nil
	if _, err := w.approve(t, c.ID); err != nil {
		t.Error(err)
	}
}
