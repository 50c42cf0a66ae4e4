package supplies_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/portal/supplies"
)

// Whoever does not follow the device, of whichever company, gets what there is for no device and no order at all.
func TestNotFollowedIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.place(t)
	ctx := t.Context()
	calls := map[string]func(who identity.Actor, device uuid.UUID, order string) error{
		"catalogue": func(who identity.Actor, device uuid.UUID, _ string) error {
			_, err := w.s.Catalogue(ctx, who, device)
			return err
		},
		"place": func(who identity.Actor, device uuid.UUID, _ string) error {
			wish := w.wish()
			wish.DeviceID = device
			_, err := w.s.Place(ctx, who, uuid.New(), wish)
			return err
		},
		"list": func(who identity.Actor, device uuid.UUID, _ string) error {
			_, err := w.s.List(ctx, who, supplies.Query{Device: device}, supplies.Page{})
			return err
		},
		"forecast": func(who identity.Actor, device uuid.UUID, _ string) error {
			_, err := w.s.Forecast(ctx, who, device)
			return err
		},
		"get": func(who identity.Actor, _ uuid.UUID, order string) error {
			_, err := w.s.Get(ctx, who, order)
			return err
		},
	}
	pending := w.customer(t, w.Account, "Venter")
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, answer_by, updated_at)
		VALUES (gen_random_uuid(), ?, ?, 'pending', now(), now(), now())`, pending.PersonID, w.device.ID)
	// Somebody of another company whom a row lets follow the device all the same.
	w.follow(t, w.stranger, w.device.ID)
	for name, call := range calls {
		none := call(w.Customer, uuid.New(), uuid.NewString())
		if fault.KindOf(none) != fault.NotFound {
			t.Errorf("%s of nothing: %v", name, none)
		}
		for who, actor := range map[string]identity.Actor{"colleague": w.colleague, "stranger": w.stranger, "pending": pending} {
			for _, id := range []string{o.ID.String(), o.Number} {
				if err := call(actor, w.device.ID, id); err == nil || err.Error() != none.Error() {
					t.Errorf("%s as %s: %v, want %v", name, who, err, none)
				}
			}
		}
		if err := call(w.Dispatcher, w.device.ID, o.Number); fault.ReasonOf(err) != "customers_only" {
			t.Errorf("%s as a dispatcher: %v", name, err)
		}
	}
	for who, actor := range map[string]identity.Actor{"colleague": w.colleague, "stranger": w.stranger, "pending": pending} {
		list, err := w.s.List(ctx, actor, supplies.Query{}, supplies.Page{})
		if err != nil || len(list.Orders) != 0 {
			t.Errorf("%s lists %+v %v", who, list, err)
		}
		page, err := w.s.ForecastFleet(ctx, actor, supplies.Page{})
		if err != nil || len(page.Forecasts) != 0 {
			t.Errorf("%s sees %+v %v", who, page, err)
		}
	}
}

// Deregistering takes the orders along, and registering again brings them back (S14). Meanwhile nobody is told.
func TestComesAndGoesWithTheRegistration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.place(t)
	w.unfollow(t, w.Customer)
	_, err := w.s.Get(t.Context(), w.Customer, o.Number)
	wantReason(t, "after deregistering", err, fault.NotFound, "order_not_found")
	o = w.bring(t, o, supplies.Shipped)
	if told := w.messages.of(notify.OrderShipped); len(told) != 0 {
		t.Errorf("told who does not follow: %+v", told)
	}
	w.follow(t, w.Customer, w.device.ID)
	if read, err := w.s.Get(t.Context(), w.Customer, o.Number); err != nil || read.Order.State != supplies.Shipped {
		t.Errorf("%+v %v", read, err)
	}
	w.bring(t, o, supplies.Delivered)
	if told := w.messages.of(notify.OrderDelivered); len(told) != 1 {
		t.Errorf("told %+v", told)
	}
	// A device that went to another company takes no orders of the former one along.
	w.exec(t, `UPDATE devices SET account_id = ? WHERE id = ?`, w.stranger.AccountID, w.device.ID)
	w.follow(t, w.stranger, w.device.ID)
	list, err := w.s.List(t.Context(), w.stranger, supplies.Query{}, supplies.Page{})
	if err != nil || len(list.Orders) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	_, err = w.s.Get(t.Context(), w.Customer, o.Number)
	wantReason(t, "the former company", err, fault.NotFound, "order_not_found")
}

func TestMistypedNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.place(t)
	wrong := []byte(o.Number)
	wrong[5] = '0' + (wrong[5]-'0'+1)%10
	_, err := w.s.Get(t.Context(), w.Customer, string(wrong))
	wantReason(t, "one wrong digit", err, fault.Invalid, "number_mistyped")
	_, err = w.s.GetAny(t.Context(), w.Dispatcher, string(wrong))
	wantReason(t, "one wrong digit", err, fault.Invalid, "number_mistyped")
	_, err = w.s.ListAny(t.Context(), w.Dispatcher, supplies.Query{Text: string(wrong)}, supplies.Page{})
	wantReason(t, "one wrong digit", err, fault.Invalid, "number_mistyped")
	for _, typed := range []string{"", "x", "SO-", "SR-1000017", "-1", "\x00", "\xff", "SO-１０", "' OR 1=1 --"} {
		_, err := w.s.Get(t.Context(), w.Customer, typed)
		wantReason(t, typed, err, fault.NotFound, "order_not_found")
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var numbers []string
	for i := range 7 {
		o := w.place(t)
		if i%2 == 0 {
			w.bring(t, o, supplies.States[1+i/2])
		}
		numbers = append(numbers, o.Number)
		if i%3 == 0 { // some at the same moment
			w.Clock.Forward(time.Second)
		}
	}
	walk := func(list func(page supplies.Page) (supplies.List, error)) (seen []string) {
		t.Helper()
		for page := (supplies.Page{Size: 2}); ; {
			l, err := list(page)
			if err != nil || len(l.Orders) > 2 {
				t.Fatalf("%+v %v", l, err)
			}
			for i, o := range l.Orders {
				if len(o.Lines) != 1 || i > 0 && o.PlacedAt.After(l.Orders[i-1].PlacedAt) {
					t.Errorf("%+v", o)
				}
				seen = append(seen, o.Number)
			}
			if page.Token = l.Next; page.Token == "" {
				return seen
			}
		}
	}
	same := func(what string, got, want []string) {
		t.Helper()
		if got, want := slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	mine := func(q supplies.Query) func(supplies.Page) (supplies.List, error) {
		return func(p supplies.Page) (supplies.List, error) { return w.s.List(t.Context(), w.Customer, q, p) }
	}
	staff := func(q supplies.Query) func(supplies.Page) (supplies.List, error) {
		return func(p supplies.Page) (supplies.List, error) { return w.s.ListAny(t.Context(), w.Dispatcher, q, p) }
	}
	placed := []string{numbers[1], numbers[3], numbers[5]}
	same("mine", walk(mine(supplies.Query{})), numbers)
	same("of the device", walk(mine(supplies.Query{Device: w.device.ID})), numbers)
	same("mine, placed", walk(mine(supplies.Query{States: []supplies.State{supplies.Placed}})), placed)
	same("waiting", walk(staff(supplies.Query{})), append([]string{numbers[0]}, placed...))
	same("all", walk(staff(supplies.Query{States: supplies.States})), numbers)
	same("cancelled", walk(staff(supplies.Query{States: []supplies.State{supplies.Cancelled}})), numbers[6:])
	same("by number", walk(staff(supplies.Query{States: supplies.States, Text: " so " + numbers[2][3:]})), numbers[2:3])
	same("by words", walk(staff(supplies.Query{Text: "EKSEMPEL oslo " + w.device.SerialNumber[4:]})), append([]string{numbers[0]}, placed...))
	same("by a wild card", walk(staff(supplies.Query{Text: "%"})), nil)
	same("by another company", walk(staff(supplies.Query{Account: w.stranger.AccountID})), nil)
	same("by company", walk(staff(supplies.Query{Account: w.Account, States: supplies.States})), numbers)
	if l, err := staff(supplies.Query{States: supplies.States})(supplies.Page{Size: 1}); err != nil || l.Total != 7 || l.Orders[0].AccountName != "Eksempel AS" || l.Orders[0].OnBehalf {
		t.Errorf("%+v %v", l, err)
	}
	for _, bad := range []supplies.Page{{Size: -1}, {Size: 101}, {Token: "x"}, {Token: "e30K!"}} {
		if _, err := mine(supplies.Query{})(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
		if _, err := staff(supplies.Query{})(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// That staff saw contacts is noted; that customers saw their own orders is not.
func TestWhatStaffSawIsNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o, other := w.place(t), w.place(t)
	if _, err := w.s.Get(t.Context(), w.Customer, o.Number); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.GetAny(t.Context(), w.Dispatcher, o.Number); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.ListAny(t.Context(), w.Dispatcher, supplies.Query{}, supplies.Page{}); err != nil {
		t.Fatal(err)
	}
	seen := `SELECT count(*) FROM personal_data_reads WHERE actor_id = ? AND object_kind = 'order' AND object_ids @> ARRAY[?]::uuid[]`
	if one, two := w.count(t, seen, w.Dispatcher.PersonID, o.ID), w.count(t, seen, w.Dispatcher.PersonID, other.ID); one != 2 || two != 1 {
		t.Errorf("noted %d and %d times", one, two)
	}
	if n := w.count(t, `SELECT count(*) FROM personal_data_reads WHERE actor_id = ?`, w.Customer.PersonID); n != 0 {
		t.Errorf("a customer's own orders were noted %d times", n)
	}
}
