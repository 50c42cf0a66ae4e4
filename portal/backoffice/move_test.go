package backoffice_test

import (
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/portal/backoffice"
)

func dispatchOp() dispatch.Operation { return dispatch.Operation{ID: op()} }

// register lets a person follow a device.
func (w *world) register(t testing.TB, person, device uuid.UUID) {
	t.Helper()
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, updated_at) VALUES (?, ?, ?, 'active', now(), now())`,
		uuid.New(), person, device)
}

func (w *world) registrations(t testing.TB, device uuid.UUID) (n int64) {
	t.Helper()
	return must(w.office.DeviceLife(t.Context(), w.dispatcher, device))(t).Registrations
}

// TestMoveToAnotherAccount: what belonged to the former account ends with it, in the one transaction.
func TestMoveToAnotherAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	w.register(t, w.customer(t, "kunde1", w.account.ID), w.device.ID)
	w.register(t, w.customer(t, "kunde2", w.account.ID), w.device.ID)
	w.exec(t, `INSERT INTO delivery_addresses (device_id, line1, postal_code, city, country, updated_at) VALUES (?, 'x', '0150', 'Oslo', 'NO', now())`, w.device.ID)
	move := backoffice.Move{ID: w.device.ID, Revision: w.device.Revision(), SiteID: w.otherSite.ID, ContractID: w.contract.ID}
	_, err := o.MoveDevice(ctx, w.dispatcher, op(), move)
	wants(t, err, fault.Invalid, "contract_of_other_account")
	move.ContractID = w.otherContract.ID
	r := w.open(t, w.device)
	_, err = o.MoveDevice(ctx, w.dispatcher, op(), move)
	if f := wants(t, err, fault.WrongState, "request_open"); f.Params["number"] != r.Number {
		t.Errorf("open: %v", f.Params)
	}
	if n := w.registrations(t, w.device.ID); n != 2 {
		t.Fatalf("%d registrations after a refused move", n)
	}
	must(w.dispatch.Cancel(ctx, w.dispatcher, dispatchOp(), r.ID, 0, "x"))(t)
	moved := must(o.MoveDevice(ctx, w.dispatcher, op(), move))(t)
	if moved.RegistrationsEnded != 2 || w.registrations(t, w.device.ID) != 0 || moved.Device.AccountID != w.other.ID ||
		moved.Device.FriendlyName != "" || *moved.Device.ContractID != w.otherContract.ID {
		t.Errorf("moved: %+v", moved)
	}
	var left, ended int
	if err := w.db.NewRaw(`SELECT (SELECT count(*) FROM delivery_addresses) AS left, (SELECT count(*) FROM audit_trail WHERE action = 'registration.end') AS ended`).
		Scan(ctx, &left, &ended); err != nil || left != 0 || ended != 2 {
		t.Errorf("%d delivery addresses, %d lines of registrations, %v", left, ended, err)
	}
	// The request keeps telling of the former account, and the trail of both.
	if d, err := w.dispatch.Get(ctx, w.dispatcher, r.ID.String()); err != nil || d.Request.AccountID != w.account.ID {
		t.Errorf("history: %v", err)
	}
	move.Revision = w.device.Revision()
	_, err = o.MoveDevice(ctx, w.dispatcher, op(), move)
	wants(t, err, fault.Stale, "revision_stale")
	for _, bad := range []backoffice.Move{
		{ID: uuid.New(), Revision: move.Revision, SiteID: w.site.ID}, {ID: w.device.ID, Revision: moved.Device.Revision(), SiteID: uuid.New()},
		{ID: w.device.ID, Revision: moved.Device.Revision(), SiteID: w.site.ID, ContractID: uuid.New()},
	} {
		if _, err := o.MoveDevice(ctx, w.dispatcher, op(), bad); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// TestMoveWithinTheAccount: an open request goes on and is told of, registrations stay.
func TestMoveWithinTheAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t, w.customer(t, "kunde", w.account.ID), w.device.ID)
	r := w.open(t, w.device)
	moved := must(w.office.MoveDevice(t.Context(), w.dispatcher, op(), backoffice.Move{
		ID: w.device.ID, Revision: w.device.Revision(), SiteID: w.elsewhere.ID}))(t)
	if moved.Device.OpenNumber != r.Number || moved.RegistrationsEnded != 0 || w.registrations(t, w.device.ID) != 1 ||
		moved.Device.SiteID != w.elsewhere.ID || moved.Device.ContractID != nil || moved.Device.FriendlyName != "Resepsjonen" {
		t.Errorf("moved: %+v", moved)
	}
}

func TestRetire(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	r := w.open(t, w.device)
	_, err := o.RetireDevice(ctx, w.dispatcher, op(), w.device.ID, w.device.Revision(), true)
	wants(t, err, fault.WrongState, "request_open")
	must(w.dispatch.Cancel(ctx, w.dispatcher, dispatchOp(), r.ID, 0, "x"))(t)
	retired := must(o.RetireDevice(ctx, w.dispatcher, op(), w.device.ID, w.device.Revision(), true))(t)
	if retired.RetiredAt == nil {
		t.Fatal("not retired")
	}
	if n := must(o.Devices(ctx, w.dispatcher, backoffice.DeviceQuery{}))(t).Total; n != 0 {
		t.Errorf("%d devices in use", n)
	}
	if n := must(o.Devices(ctx, w.dispatcher, backoffice.DeviceQuery{WithRetired: true}))(t).Total; n != 1 {
		t.Errorf("%d devices in all", n)
	}
	_, err = o.MoveDevice(ctx, w.dispatcher, op(), backoffice.Move{ID: retired.ID, Revision: retired.Revision(), SiteID: w.elsewhere.ID})
	wants(t, err, fault.WrongState, "device_retired")
	if _, err := w.dispatch.Open(ctx, w.dispatcher, dispatchOp(), nil, w.request(w.device)); err == nil {
		t.Error("a request for a device out of use")
	}
	back := must(o.RetireDevice(ctx, w.dispatcher, op(), w.device.ID, retired.Revision(), false))(t)
	if back.RetiredAt != nil || back.Revision() != w.device.Revision() {
		t.Errorf("back in use: %+v", back)
	}
	w.open(t, back)
}

// TestNothingIsOpenedWhileADeviceLeaves: a request that comes while the device is moved to another account or retired
// either comes first and holds the move up, or is refused: never is one open for an account that has the device no more.
func TestNothingIsOpenedWhileADeviceLeaves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	for i := range 20 {
		d := w.newDevice(t, serial(i))
		var group sync.WaitGroup
		var leaveErr, openErr error
		group.Go(func() {
			if i%2 == 0 {
				_, leaveErr = w.office.MoveDevice(ctx, w.dispatcher, op(), backoffice.Move{ID: d.ID, Revision: d.Revision(), SiteID: w.otherSite.ID})
			} else {
				_, leaveErr = w.office.RetireDevice(ctx, w.dispatcher, op(), d.ID, d.Revision(), true)
			}
		})
		group.Go(func() { _, openErr = w.dispatch.Open(ctx, w.dispatcher, dispatchOp(), nil, w.request(d)) })
		group.Wait()
		if (leaveErr == nil) == (openErr == nil) {
			t.Fatalf("leaving: %v, opening: %v; want exactly one refused", leaveErr, openErr)
		}
		if leaveErr != nil {
			wants(t, leaveErr, fault.WrongState, "request_open")
		}
	}
}
