package portal_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal"
)

// person stores a customer of the account, so that they can follow devices.
func (f *fleet) person(t *testing.T, account uuid.UUID) identity.Actor {
	t.Helper()
	id := uuid.New()
	exec(t, f.db, `INSERT INTO people (id, user_id, role, account_id, created_at, updated_at) VALUES (?, ?, 'customer', ?, now(), now())`,
		id, id.String(), account)
	return identity.Actor{PersonID: id, Role: identity.RoleCustomer, AccountID: account, FirstName: "Eksempel", LastName: "Kunde"}
}

// register stores a registration in the given state.
func (f *fleet) register(t *testing.T, person, device uuid.UUID, state string) {
	t.Helper()
	exec(t, f.db, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, answer_by, decided_at, reason, updated_at)
		VALUES (?, ?, ?, ?, now(), now(), CASE WHEN ? = 'pending' THEN NULL ELSE now() END, CASE WHEN ? = 'refused' THEN 'Nei' ELSE '' END, now())
		ON CONFLICT (person_id, device_id) DO UPDATE SET state = excluded.state, decided_at = excluded.decided_at, reason = excluded.reason`,
		uuid.New(), person, device, state, state, state)
}

func TestOnlyFollowedDevicesAreThere(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "A", "B")
	me, colleague := f.person(t, f.myAccount), f.person(t, f.myAccount)
	a, b := f.myDevices["A"], f.myDevices["B"]
	f.register(t, me.PersonID, a, "active")
	f.register(t, colleague.PersonID, b, "active")
	f.register(t, me.PersonID, f.otherOne, "active") // of another company: worth nothing

	sees := func(actor identity.Actor, device uuid.UUID) bool {
		t.Helper()
		d, err := portal.DeviceOfPerson(t.Context(), f.db, actor, device)
		follows, err2 := portal.Follows(t.Context(), f.db, actor, device)
		if err2 != nil {
			t.Fatal(err2)
		}
		var listed []portal.Device
		if err := f.db.NewSelect().Model(&listed).Apply(portal.FollowedBy(actor.PersonID)).Where("device.id = ?", device).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		switch {
		case err == nil && follows && len(listed) == 1 && d.ID == device && d.Site != nil:
			return true
		case errors.Is(err, &fault.Error{Kind: fault.NotFound, Reason: "device_not_found"}) && !follows && len(listed) == 0:
			return false
		}
		t.Fatalf("the three ways differ: %v, %v, %v", err, follows, listed)
		return false
	}
	for _, c := range []struct {
		what   string
		actor  identity.Actor
		device uuid.UUID
		want   bool
	}{
		{"my own", me, a, true},
		{"my colleague's", me, b, false},
		{"their own", colleague, b, true},
		{"another company's", me, f.otherOne, false},
		{"none", me, uuid.New(), false},
	} {
		if got := sees(c.actor, c.device); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
	for _, state := range []string{"pending", "refused", "removed"} {
		f.register(t, me.PersonID, a, state)
		if sees(me, a) {
			t.Errorf("a %s registration shows the device", state)
		}
	}
	f.register(t, me.PersonID, a, "active")
	exec(t, f.db, `UPDATE devices SET account_id = ?, site_id = ?, contract_id = NULL WHERE id = ?`, f.otherAccID, f.otherSite, a)
	if sees(me, a) {
		t.Error("a device that went to another company is still seen")
	}
	if _, err := portal.DeviceOfPerson(t.Context(), f.db, identity.Actor{Role: identity.RoleDispatcher}, a); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("staff: %v", err)
	}
}
