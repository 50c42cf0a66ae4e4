package life_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/portal/addresschange"
	"utsendt/portal/backoffice"
	"utsendt/portal/life"
)

// TestWhereItStoodAndUnderWhat: whatever becomes of the device is in its thread, whoever did it and by whatever way.
func TestWhereItStoodAndUnderWhat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	office := backoffice.New(backoffice.Config{DB: w.DB, Dispatch: w.Service})
	w.register(t, w.Customer)
	home, err := office.Site(ctx, w.Dispatcher, w.Site)
	if err != nil {
		t.Fatal(err)
	}
	next := func() { w.Clock.Forward(time.Hour) }
	seen := func() backoffice.Device {
		t.Helper()
		next()
		d, err := office.Device(ctx, w.Dispatcher, w.device.ID)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	done := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	// Another site of the company, by staff.
	fields := home.SiteFields
	fields.Number, fields.Line1, fields.PostalCode, fields.City = "NY-2", "Lagerveien 4", "5003", "Bergen"
	elsewhere, err := office.CreateSite(ctx, w.Dispatcher, uuid.New(), fields)
	if err != nil {
		t.Fatal(err)
	}
	d := seen()
	done(office.MoveDevice(ctx, w.Dispatcher, uuid.New(), backoffice.Move{ID: d.ID, Revision: d.Revision(), SiteID: elsewhere.ID, ContractID: *d.ContractID}))
	// Without a contract, and out of use for a while.
	d = seen()
	done(office.MoveDevice(ctx, w.Dispatcher, uuid.New(), backoffice.Move{ID: d.ID, Revision: d.Revision(), SiteID: elsewhere.ID}))
	d = seen()
	done(office.RetireDevice(ctx, w.Dispatcher, uuid.New(), d.ID, d.Revision(), true))
	d = seen()
	done(office.RetireDevice(ctx, w.Dispatcher, uuid.New(), d.ID, d.Revision(), false))
	// The street was misspelt.
	next()
	fields.Line1 = "Lagerveien 40"
	done(office.UpdateSite(ctx, w.Dispatcher, uuid.New(), elsewhere.ID, elsewhere.Revision(), fields))
	// The customer says that they move: one line when it is asked, one when it is granted, and no third.
	next()
	wish, err := w.addresses.Request(ctx, w.Customer, uuid.New(), addresschange.Wish{DeviceID: d.ID, Reason: "Flyttet", Address: addresschange.Address{
		Line1: "Nyveien 2", PostalCode: "0155", City: "Oslo", Country: "NO",
	}})
	done(wish, err)
	next()
	asked, err := office.Site(ctx, w.Dispatcher, elsewhere.ID)
	done(asked, err)
	done(w.addresses.Approve(ctx, w.Dispatcher, uuid.New(), wish.ID, addresschange.Approval{SeenAt: asked.UpdatedAt}))
	// Something that knows nothing of threads, such as a file: back to where it stood.
	next()
	w.exec(t, `UPDATE devices SET site_id = ?, updated_at = ? WHERE id = ?`, w.Site, w.Clock.Now(), d.ID)
	// A counter is replaced; the reading before it is corrected, and the correction compared with what counts.
	next()
	w.read(t, 9000, "")
	next()
	w.read(t, 40, "Nytt hovedkort")
	next()
	w.read(t, 400, "")

	want := []string{
		"read 400", "counter_restarted 40", "read 9000", "moved " + home.Line1 + ", " + home.PostalCode + " " + home.City, "address_approved Nyveien 2, 0155 Oslo", "address_asked Nyveien 2, 0155 Oslo",
		"address_corrected Lagerveien 40, 5003 Bergen", "returned", "retired", "contract_changed", "moved Lagerveien 4, 5003 Bergen", "registered", "contract_changed", "added",
	}
	for _, who := range []identity.Actor{w.Customer, w.Dispatcher} {
		if got := w.told(t, who, 5); !slices.Equal(got, want) {
			t.Errorf("%s reads\n\t%s\nwant\n\t%s", who.Role, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		}
	}
	if got := w.told(t, w.Customer, 100, life.Device); !slices.Equal(got, []string{"returned", "retired", "contract_changed", "contract_changed", "added"}) {
		t.Errorf("of the device itself: %q", got)
	}

	// It stays when the audit trail is emptied; and another company, that gets the device, is not told where it came from.
	if err := audit.Purge(ctx, w.DB, -time.Hour, -time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := w.told(t, w.Dispatcher, 100, life.Addresses, life.Device); len(got) != 10 {
		t.Errorf("without the audit trail: %q", got)
	}
	other, theirs := uuid.New(), uuid.New()
	w.exec(t, `INSERT INTO accounts (id, number, name, country, created_at, updated_at) VALUES (?, ?, 'Fremmed AS', 'NO', now(), now())`, other, "K-"+other.String()[:8])
	w.exec(t, `INSERT INTO sites SELECT (jsonb_populate_record(s, jsonb_build_object('id', ?::uuid, 'account_id', ?::uuid, 'line1', 'Fremmedveien 1'))).* FROM sites s WHERE id = ?`, theirs, other, w.Site)
	stranger := w.customer(t, other)
	d = seen()
	done(office.MoveDevice(ctx, w.Dispatcher, uuid.New(), backoffice.Move{ID: d.ID, Revision: d.Revision(), SiteID: theirs}))
	w.exec(t, `INSERT INTO registrations (id, person_id, device_id, state, requested_at, updated_at) VALUES (gen_random_uuid(), ?, ?, 'active', ?, now())`,
		stranger.PersonID, w.device.ID, w.Clock.Now())
	thread, err := w.lives.List(ctx, stranger, life.Query{Device: d.ID, Topics: []life.Topic{life.Addresses, life.Device}}, life.Page{Size: 100})
	if err != nil || len(thread.Entries) != 1 || thread.Entries[0].Event != life.Moved || thread.Entries[0].Address.Was != "" ||
		!strings.HasPrefix(thread.Entries[0].Address.Then, "Fremmedveien 1") {
		t.Errorf("the next company reads %s, %v", fmt.Sprintf("%+v", thread.Entries), err)
	}
}
