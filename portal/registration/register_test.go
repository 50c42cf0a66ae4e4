package registration_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/portal"
	"utsendt/portal/registration"
)

func TestRegisterByWhatStandsOnTheDevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12)
	me := w.person(t, w.account)
	name, backup := "  Fargeskriver\n1. etasje ", "reserve@example.com"
	op, wish := uuid.New(), registration.Wish{SerialNumber: " a-00", PostalCode: "n-150", Settings: registration.Settings{FriendlyName: &name, BackupEmail: &backup}}
	made, err := w.s.Register(t.Context(), me, op, wish)
	if err != nil {
		t.Fatal(err)
	}
	r := made.Registration
	if r.State != registration.Active || r.AnswerBy != nil || r.BackupEmail != backup || !r.Reminders || r.FriendlyName() != "Fargeskriver 1. etasje" ||
		made.Siblings != 11 || made.Support == nil || made.Support.Email != "kundesenter@ricoh.no" {
		t.Errorf("registered: %+v", made)
	}
	if d, err := portal.DeviceOfPerson(t.Context(), w.db, me, w.devices[0]); err != nil || d.FriendlyName != "Fargeskriver 1. etasje" {
		t.Errorf("the device: %q %v", d.FriendlyName, err)
	}
	again, err := w.s.Register(t.Context(), me, op, wish)
	if err != nil || again.Registration.ID != r.ID || again.Siblings != made.Siblings {
		t.Errorf("the same again: %+v %v", again, err)
	}
	if _, err := w.register(t, me, "A-00", "0150"); reason(err) != "device_registered" {
		t.Errorf("anew: %v", err)
	}
	// A colleague registers it too: people do not share.
	if other := w.mustRegister(t, w.person(t, w.account), "A-00", "0150"); other.ID == r.ID {
		t.Error("two people have one registration")
	}
	if made, err := w.register(t, me, "B-00", "8001"); err != nil || made.Siblings != 0 || made.Support != nil {
		t.Errorf("alone at its site: %+v %v", made, err)
	}
}

func TestRegisterTellsNoMoreThanItMust(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	exec(t, w.db, `UPDATE devices SET retired_at = now() WHERE id = ?`, w.devices[1])
	me := w.person(t, w.account)
	answers := map[string]bool{}
	for what, asked := range map[string][2]string{
		"wrong postal code": {"A-00", "0151"}, "wrong serial number": {"A-99", "0150"}, "both wrong": {"X", "Y"},
		"another company's with a wrong postal code": {"C-00", "0151"}, "out of use": {"A-01", "0150"}, "NUL": {"A\x00", "0150"},
	} {
		_, err := w.register(t, me, asked[0], asked[1])
		f := fault.From(err)
		if f == nil || f.Reason != "device_not_recognised" || f.Params["support_phone"] != "+47 22587800" || f.Params["support_email"] != "kundesenter@ricoh.no" {
			t.Errorf("%s: %v", what, err)
			continue
		}
		answers[f.Error()] = true
	}
	if len(answers) != 1 {
		t.Errorf("the answers differ: %v", answers)
	}
	if _, err := w.register(t, me, "C-00", "0150"); reason(err) != "device_elsewhere" || fault.From(err).Params["support_email"] == "" {
		t.Errorf("another company's: %v", err)
	}
	for _, actor := range []identity.Actor{w.staff, {}} {
		if _, err := w.register(t, actor, "A-00", "0150"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("as %q: %v", actor.Role, err)
		}
	}
}

func TestGuessingIsHeldBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	me := w.person(t, w.account)
	limited := 0
	for range 15 {
		_, err := w.register(t, me, "A-00", "9999")
		if fault.KindOf(err) == fault.Limited {
			limited++
			if fault.From(err).RetryAfter <= 0 {
				t.Error("no time to wait is told")
			}
		} else if reason(err) != "device_not_recognised" {
			t.Fatal(err)
		}
	}
	if limited != 5 { // nine are free, the tenth is answered and begins the wait
		t.Errorf("%d of 15 guesses were held back", limited)
	}
	if _, err := w.register(t, me, "A-00", "0150"); fault.KindOf(err) != fault.Limited {
		t.Errorf("the right one, while waiting: %v", err)
	}
	// Others at the same address may still be wrong now and then; not endlessly.
	limited = 0
	for range 8 {
		colleague := w.person(t, w.account)
		for range 9 {
			if _, err := w.register(t, colleague, "A-00", "9999"); fault.KindOf(err) == fault.Limited {
				limited++
			}
		}
	}
	if limited < 30 {
		t.Errorf("from one address only %d guesses were held back", limited)
	}
	exec(t, w.db, `UPDATE registration_throttle SET blocked_until = now() - interval '1 second'`)
	w.mustRegister(t, me, "A-00", "0150")
	exec(t, w.db, `UPDATE registration_throttle SET last_failure = now() - interval '2 days'`)
	if err := registration.PurgeThrottle(t.Context(), w.db); err != nil {
		t.Fatal(err)
	}
	if n, err := w.db.NewSelect().TableExpr("registration_throttle").Count(t.Context()); err != nil || n != 0 {
		t.Errorf("%d old guesses are kept, %v", n, err)
	}
}

func TestLeavingAndComingBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	me, colleague := w.person(t, w.account), w.person(t, w.account)
	for _, serial := range []string{"A-00", "A-01"} {
		w.mustRegister(t, me, serial, "0150")
	}
	w.mustRegister(t, colleague, "A-02", "0150")
	off := false
	backup := "reserve@example.com"
	if _, err := w.s.Update(t.Context(), me, uuid.New(), w.devices[1], registration.Settings{BackupEmail: &backup, Reminders: &off}); err != nil {
		t.Fatal(err)
	}
	var before int
	count := func() (n int) {
		if err := w.db.NewRaw(`SELECT count(*) FROM devices WHERE contract_id IS NULL`).Scan(t.Context(), &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before = count()
	// One that is not on the list: nothing happens, and the answer names it.
	_, err := w.s.Deregister(t.Context(), me, uuid.New(), []uuid.UUID{w.devices[0], w.devices[2]})
	if reason(err) != "device_not_found" || fault.From(err).Params["device_id"] != w.devices[2].String() {
		t.Errorf("a colleague's: %v", err)
	}
	if s := w.states(t, me); s["A-00"] != registration.Active {
		t.Errorf("after a refused call: %v", s)
	}
	op := uuid.New()
	for range 2 {
		if n, err := w.s.Deregister(t.Context(), me, op, []uuid.UUID{w.devices[0], w.devices[1]}); n != 2 || err != nil {
			t.Fatalf("%d taken off, %v", n, err)
		}
	}
	if s := w.states(t, me); s["A-00"] != registration.Removed || s["A-01"] != registration.Removed {
		t.Errorf("after: %v", s)
	}
	for _, d := range w.devices[:2] {
		if _, err := portal.DeviceOfPerson(t.Context(), w.db, me, d); reason(err) != "device_not_found" {
			t.Errorf("a removed device is seen: %v", err)
		}
	}
	if _, err := w.s.Deregister(t.Context(), me, uuid.New(), w.devices[:1]); reason(err) != "device_not_found" {
		t.Errorf("once more: %v", err)
	}
	if count() != before {
		t.Error("the devices changed")
	}
	back := w.mustRegister(t, me, "A-01", "0150")
	if back.State != registration.Active || back.BackupEmail != backup || back.Reminders {
		t.Errorf("back again: %+v", back)
	}
}

func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	me, colleague := w.person(t, w.account), w.person(t, w.account)
	register := func(who identity.Actor) func() error {
		return func() error {
			_, err := w.s.Register(t.Context(), who, uuid.New(), registration.Wish{SerialNumber: "A-00", PostalCode: "0150"})
			return err
		}
	}
	oneSucceeds(t, "the same person in two windows", together(register(me), register(me), register(me), register(me)), "device_registered")
	if errs := together(register(colleague), register(w.person(t, w.account))); errors.Join(errs...) != nil {
		t.Errorf("two people at once: %v", errs)
	}
	leave := func() error {
		_, err := w.s.Deregister(t.Context(), me, uuid.New(), w.devices[:1])
		return err
	}
	oneSucceeds(t, "leaving twice", together(leave, leave, leave), "device_not_found")

	// Registering the siblings twice: they are asked for once.
	w.mustRegister(t, me, "A-00", "0150")
	choices := []registration.Choice{{DeviceID: w.devices[1]}, {DeviceID: w.devices[2]}, {DeviceID: w.devices[3]}}
	turned := []registration.Choice{choices[2], choices[1], choices[0]}
	requested := make([]int, 2)
	ask := func(i int, c []registration.Choice) func() error {
		return func() error {
			asked, err := w.s.RegisterSiblings(t.Context(), me, uuid.New(), w.devices[0], c)
			requested[i] = asked.Requested
			return err
		}
	}
	if errs := together(ask(0, choices), ask(1, turned)); errors.Join(errs...) != nil || requested[0]+requested[1] != 3 {
		t.Errorf("asked for %v, %v", requested, errs)
	}
	if n := len(w.told.of(notify.ApprovalWaiting)); n != 1 {
		t.Errorf("staff were told %d times", n)
	}
}

// TestKilledBetween: what fails before the commit leaves nothing, and the same again succeeds.
func TestKilledBetween(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	me := w.person(t, w.account)
	w.mustRegister(t, me, "A-00", "0150")
	w.told.fail = errors.New("the server is gone")
	op := uuid.New()
	choices := []registration.Choice{{DeviceID: w.devices[1], FriendlyName: "Kopirommet"}}
	if _, err := w.s.RegisterSiblings(t.Context(), me, op, w.devices[0], choices); err == nil {
		t.Fatal("it did not fail")
	}
	if s := w.states(t, me); len(s) != 1 {
		t.Errorf("half is left: %v", s)
	}
	w.told.fail = nil
	if asked, err := w.s.RegisterSiblings(t.Context(), me, op, w.devices[0], choices); err != nil || asked.Requested != 1 {
		t.Errorf("again: %+v %v", asked, err)
	}
}

func TestUpdateSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	me := w.person(t, w.account)
	w.mustRegister(t, me, "A-00", "0150")
	w.ask(t, me, w.devices[1])
	name, empty := "Fargeskriver 1. etasje", ""
	if r, err := w.s.Update(t.Context(), me, uuid.New(), w.devices[0], registration.Settings{FriendlyName: &name}); err != nil || r.FriendlyName() != name {
		t.Errorf("named: %+v %v", r, err)
	}
	if r, err := w.s.Update(t.Context(), me, uuid.New(), w.devices[1], registration.Settings{FriendlyName: &name}); err != nil || r.FriendlyName() != name || r.Device.FriendlyName != "" {
		t.Errorf("wished: %+v %v", r, err)
	}
	if r, err := w.s.Update(t.Context(), me, uuid.New(), w.devices[0], registration.Settings{FriendlyName: &empty}); err != nil || r.FriendlyName() != "" {
		t.Errorf("unnamed: %+v %v", r, err)
	}
	stranger := w.person(t, w.other)
	for what, ask := range map[string]func() error{
		"another company's": func() error {
			_, err := w.s.Update(t.Context(), stranger, uuid.New(), w.devices[0], registration.Settings{FriendlyName: &name})
			return err
		},
		"not followed": func() error {
			_, err := w.s.Update(t.Context(), me, uuid.New(), w.elsewhere, registration.Settings{FriendlyName: &name})
			return err
		},
		"siblings of one not followed": func() error {
			_, err := w.s.Siblings(t.Context(), me, w.elsewhere, registration.Page{})
			return err
		},
		"a sibling at another site": func() error {
			_, err := w.s.RegisterSiblings(t.Context(), me, uuid.New(), w.devices[0], []registration.Choice{{DeviceID: w.elsewhere}})
			return err
		},
		"another company's sibling": func() error {
			_, err := w.s.RegisterSiblings(t.Context(), me, uuid.New(), w.devices[0], []registration.Choice{{DeviceID: w.theirs}})
			return err
		},
	} {
		if err := ask(); reason(err) != "device_not_found" {
			t.Errorf("%s: %v", what, err)
		}
	}
	bad := "ikke en adresse"
	if _, err := w.s.Update(t.Context(), me, uuid.New(), w.devices[0], registration.Settings{BackupEmail: &bad}); reason(err) != "email_invalid" {
		t.Errorf("a bad address: %v", err)
	}
}
