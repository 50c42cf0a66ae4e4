package supplies_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/portal/supplies"
)

func TestLifeOfAnOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.place(t)
	if o = w.bring(t, o, supplies.Picked); o.PickedAt == nil || o.Version != 2 || o.Carrier != "" {
		t.Errorf("%+v", o)
	}
	if o = w.bring(t, o, supplies.Shipped); o.Carrier != "Eksempelpost" || o.TrackingNumber != "37 00/1" || o.ShippedAt == nil {
		t.Errorf("%+v", o)
	}
	if link := w.s.Carriers().Link(o.Carrier, o.TrackingNumber); link != "https://track.example.com/37%2000%2F1?lang=nb" {
		t.Errorf("the link is %s", link)
	}
	o, err := w.s.CorrectTracking(t.Context(), w.Dispatcher, step(o), " Sykkelbud ", "7")
	if err != nil || o.Carrier != "Sykkelbud" || w.s.Carriers().Link(o.Carrier, o.TrackingNumber) != "" || o.State != supplies.Shipped {
		t.Errorf("%+v %v", o, err)
	}
	o = w.bring(t, o, supplies.Delivered)
	read, err := w.s.Get(t.Context(), w.Customer, o.ID.String())
	if err != nil || read.Order.Version != 5 || !read.Order.DeliveredAt.Equal(w.Clock.Now()) || read.Order.DeliveredAt.Before(*read.Order.ShippedAt) ||
		read.Order.ShippedAt.Before(*read.Order.PickedAt) || !read.Order.PickedAt.After(read.Order.PlacedAt) {
		t.Errorf("%+v %v", read, err)
	}
	var kinds []notify.Kind
	for _, m := range w.messages.all() {
		kinds = append(kinds, m.Kind)
	}
	if len(kinds) != 4 || kinds[0] != notify.OrderPlaced || kinds[1] != notify.OrderShipped || kinds[2] != notify.OrderShipped || kinds[3] != notify.OrderDelivered {
		t.Errorf("told %v", kinds)
	}
	if lines := w.messages.of(notify.OrderShipped)[0].Lines; lines[len(lines)-1].Key != "tracking_link" ||
		lines[len(lines)-1].Value != "https://track.example.com/37%2000%2F1?lang=nb" {
		t.Errorf("%+v", lines)
	}
	var actions []string
	if err := w.DB.NewRaw(`SELECT action FROM audit_trail WHERE object_id = ? ORDER BY id`, o.ID).Scan(t.Context(), &actions); err != nil || len(actions) != 5 {
		t.Errorf("%v %v", actions, err)
	}
}

func TestChangeWhilePlaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o, line3 := w.place(t), "Bakgården"
	o, err := w.s.Change(t.Context(), w.Dispatcher, step(o), supplies.Alteration{
		Lines: []supplies.Want{{w.cyan, 3}}, Edit: supplies.Edit{Line3: &line3},
	})
	if err != nil || o.State != supplies.Placed || o.Version != 2 || len(o.Lines) != 1 || o.Lines[0].SupplyID != w.cyan || o.Address.Line3 != line3 {
		t.Fatalf("%+v %v", o, err)
	}
	read, err := w.s.Get(t.Context(), w.Customer, o.Number)
	if err != nil || len(read.Order.Lines) != 1 || read.Order.Lines[0].Quantity != 3 || read.Order.Address.Line3 != line3 {
		t.Errorf("%+v %v", read, err)
	}
	if c, err := w.s.Catalogue(t.Context(), w.Customer, w.device.ID); err != nil || c.Address.Line3 != line3 {
		t.Errorf("the device's address is %+v %v", c.Address, err)
	}
	if told := w.messages.of(notify.OrderChanged); len(told) != 1 {
		t.Errorf("told %v", told)
	}
	for what, c := range map[string]struct {
		lines  []supplies.Want
		reason string
	}{"foreign": {[]supplies.Want{{w.foreign, 1}}, "supply_unfit"}, "too many": {[]supplies.Want{{w.cyan, supplies.MaxQuantityStaff + 1}}, "quantity_invalid"}} {
		_, err = w.s.Change(t.Context(), w.Dispatcher, step(o), supplies.Alteration{Lines: c.lines})
		wantReason(t, what, err, fault.Invalid, c.reason)
	}
	picked := w.bring(t, o, supplies.Picked)
	_, err = w.s.Change(t.Context(), w.Dispatcher, step(picked), supplies.Alteration{Lines: []supplies.Want{{w.black, 1}}})
	wantReason(t, "a change once picked", err, fault.WrongState, "order_wrong_state")
	_, err = w.s.Cancel(t.Context(), w.Dispatcher, step(picked), "x")
	wantReason(t, "a cancellation once picked", err, fault.WrongState, "order_wrong_state")
}

func TestCancelTellsWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.place(t)
	_, err := w.s.Cancel(t.Context(), w.Dispatcher, step(o), " \t")
	wantReason(t, "without a reason", err, fault.Invalid, "reason_missing")
	w.bring(t, o, supplies.Cancelled)
	told := w.messages.of(notify.OrderCancelled)
	if len(told) != 1 || told[0].Params["reason"] != "Feil vare" {
		t.Errorf("%+v", told)
	}
	_, err = w.s.Ship(t.Context(), w.Dispatcher, step(w.bring(t, w.place(t), supplies.Picked)), " ", "1")
	wantReason(t, "without a carrier", err, fault.Invalid, "carrier_missing")
}

// Of two of the staff at the same moment, one does it and the other is told; whichever comes first, the order is whole.
func TestPickAgainstCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.service(t)
	picked, cancelled := 0, 0
	for range 20 {
		o := w.place(t)
		var pickErr, cancelErr error
		var group sync.WaitGroup
		group.Go(func() { _, pickErr = w.s.Pick(t.Context(), w.Dispatcher, step(o)) })
		group.Go(func() { _, cancelErr = second.Cancel(t.Context(), w.Dispatcher, step(o), "x") })
		group.Wait()
		if (pickErr == nil) == (cancelErr == nil) {
			t.Fatalf("pick: %v, cancel: %v", pickErr, cancelErr)
		}
		wantReason(t, "the second", errors.Join(pickErr, cancelErr), fault.Stale, "version_stale")
		read, err := w.s.Get(t.Context(), w.Customer, o.Number)
		if err != nil || read.Order.Version != 2 || (read.Order.State == supplies.Picked) != (pickErr == nil) {
			t.Fatalf("%+v %v", read, err)
		}
		if pickErr == nil {
			picked++
		} else {
			cancelled++
		}
	}
	t.Logf("%d picked, %d cancelled", picked, cancelled)
	if told := w.messages.of(notify.OrderCancelled); len(told) != cancelled {
		t.Errorf("%d cancellations told of %d", len(told), cancelled)
	}
}

// Who changes the lines and who picks at the same moment: what is picked is what the order says.
func TestPickAgainstChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 10 {
		o := w.place(t)
		blind := supplies.Step{Order: o.ID} // whoever does not look at the version
		var pickErr, changeErr error
		var group sync.WaitGroup
		pick, change := blind, blind
		pick.Operation, change.Operation = uuid.New(), uuid.New()
		var atPick supplies.Order
		group.Go(func() { atPick, pickErr = w.s.Pick(t.Context(), w.Dispatcher, pick) })
		group.Go(func() {
			_, changeErr = w.s.Change(t.Context(), w.Dispatcher, change, supplies.Alteration{Lines: []supplies.Want{{w.cyan, 7}}})
		})
		group.Wait()
		if pickErr != nil {
			t.Fatal(pickErr)
		}
		if changeErr != nil {
			wantReason(t, "a change after the pick", changeErr, fault.WrongState, "order_wrong_state")
		}
		read, err := w.s.Get(t.Context(), w.Customer, o.Number)
		if err != nil || len(read.Order.Lines) != 1 || read.Order.Lines[0] != atPick.Lines[0] || (changeErr == nil) != (read.Order.Lines[0].SupplyID == w.cyan) {
			t.Fatalf("picked %+v, stored %+v, %v", atPick.Lines, read.Order.Lines, err)
		}
	}
}

func TestSameStepTakesEffectOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.place(t)
	again := step(o)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			got, err := w.s.Pick(t.Context(), w.Dispatcher, again)
			if err != nil || got.Version != 2 || got.State != supplies.Picked {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
	group.Wait()
	if n := w.count(t, `SELECT count(*) FROM audit_trail WHERE action = 'order.pick'`); n != 1 {
		t.Errorf("picked %d times", n)
	}
	again.Version = 2
	_, err := w.s.Pick(t.Context(), w.Dispatcher, again)
	wantReason(t, "the id for another version", err, fault.Invalid, "operation_id_reused")
}

// A server that dies in the middle of a change leaves nothing of it, and the change can be sent again.
func TestDiesInTheMiddle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	boom := errors.New("the lights went out")
	dying := supplies.New(supplies.Config{DB: w.DB, Notifier: failing{boom}})
	operation := uuid.New()
	line2 := "Ny linje"
	wish := w.wish()
	wish.Edit.Line2 = &line2
	if _, err := dying.Place(t.Context(), w.Customer, operation, wish); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if n := w.count(t, `SELECT (SELECT count(*) FROM supply_orders) + (SELECT count(*) FROM delivery_addresses) + (SELECT count(*) FROM audit_trail)
		+ (SELECT count(*) FROM operations)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	a, err := w.s.Place(t.Context(), w.Customer, operation, wish)
	if err != nil || len(a.Similar) != 0 {
		t.Fatalf("%+v %v", a, err)
	}
	change := step(a.Order)
	if _, err := dying.Cancel(t.Context(), w.Dispatcher, change, "x"); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if o, err := w.s.Cancel(t.Context(), w.Dispatcher, change, "x"); err != nil || o.Version != 2 {
		t.Errorf("%+v %v", o, err)
	}
}

type failing struct{ err error }

func (f failing) Notify(context.Context, postgres.Tx, ...notify.Message) error { return f.err }

// A clock that stands behind the one of another server does not turn an order's times around.
func TestTimesNeverRunBackwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.bring(t, w.place(t), supplies.Picked)
	w.Clock.Forward(-time.Hour)
	o, err := w.s.Ship(t.Context(), w.Dispatcher, step(o), "x", "")
	if err != nil || o.ShippedAt.Before(*o.PickedAt) || o.UpdatedAt.Before(*o.PickedAt) {
		t.Errorf("%+v %v", o, err)
	}
}

func TestOnlyStaffTakeSteps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.place(t)
	for _, who := range []identity.Actor{w.Customer, w.stranger, {Role: identity.RoleTechnician, TechnicianID: uuid.New()}, {}} {
		for what, do := range map[string]func() error{
			"pick":    func() error { _, err := w.s.Pick(t.Context(), who, step(o)); return err },
			"ship":    func() error { _, err := w.s.Ship(t.Context(), who, step(o), "x", "1"); return err },
			"correct": func() error { _, err := w.s.CorrectTracking(t.Context(), who, step(o), "x", "1"); return err },
			"deliver": func() error { _, err := w.s.Deliver(t.Context(), who, step(o)); return err },
			"cancel":  func() error { _, err := w.s.Cancel(t.Context(), who, step(o), "x"); return err },
			"change":  func() error { _, err := w.s.Change(t.Context(), who, step(o), supplies.Alteration{}); return err },
			"list":    func() error { _, err := w.s.ListAny(t.Context(), who, supplies.Query{}, supplies.Page{}); return err },
			"get":     func() error { _, err := w.s.GetAny(t.Context(), who, o.Number); return err },
		} {
			wantReason(t, what+" as "+string(who.Role), do(), fault.Forbidden, "role_forbidden")
		}
	}
	_, err := w.s.Pick(t.Context(), w.Dispatcher, supplies.Step{Operation: uuid.New(), Order: uuid.New()})
	wantReason(t, "no such order", err, fault.NotFound, "order_not_found")
}
