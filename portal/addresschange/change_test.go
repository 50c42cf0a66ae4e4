package addresschange_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/portal/addresschange"
)

func TestASiteMovesAsAWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, colleague := w.person(t, w.account, w.devices[0], w.elsewhere), w.person(t, w.account, w.devices[1], w.devices[2])
	far := w.person(t, w.account, w.elsewhere)
	w.openRequest(t, "SR-1", w.devices[1])
	exec(t, w.db, `INSERT INTO delivery_addresses VALUES (?, 'Eget navn', 'Varemottaket', '', '', '0151', 'Oslo', 'NO', now())`, w.devices[2])

	p, err := w.s.Preview(t.Context(), me, w.devices[0])
	if err != nil || p.Total != 3 || len(p.Devices) != 1 || p.Devices[0].SerialNumber != "A-00" || p.OpenRequests != 1 || p.PendingID != uuid.Nil || p.Site.City != "Oslo" {
		t.Fatalf("preview: %+v %v", p, err)
	}
	c := w.request(t, me, w.devices[0], bodo())
	if c.State != addresschange.Pending || c.Address.Line1 != "Havnegata 2" || c.Address.PostalCode != "8001" || c.Was.City != "Oslo" || !c.AnswerBy.After(time.Now()) {
		t.Errorf("requested: %+v", c)
	}
	if p, err := w.s.Preview(t.Context(), me, w.devices[0]); err != nil || p.PendingID != c.ID {
		t.Errorf("the preview names the pending one: %+v %v", p, err)
	}
	if received, staff := w.told.of(notify.AddressChangeReceived), w.told.of(notify.ApprovalWaiting); len(received) != 1 || len(staff) != 1 ||
		received[0].To.Person != me.PersonID || !staff[0].To.Staff || received[0].Numbers["count"] != 3 {
		t.Errorf("told: %+v %+v", received, staff)
	}
	if got := w.text(t, `SELECT city FROM sites WHERE id = ?`, w.site); got != "Oslo" {
		t.Errorf("before approval the site is in %s", got)
	}
	// A colleague who follows another device there sees it, without the device; who follows none there does not.
	if got, err := w.s.Get(t.Context(), colleague, c.ID); err != nil || got.Device != nil || got.DeviceID != uuid.Nil {
		t.Errorf("a colleague sees %+v %v", got, err)
	}
	if _, err := w.s.Get(t.Context(), far, c.ID); reason(err) != "address_change_not_found" {
		t.Errorf("a colleague elsewhere: %v", err)
	}

	r, err := w.s.Review(t.Context(), w.staff, c.ID)
	if err != nil || r.Changed || r.Total != 3 || len(r.Devices) != 3 || r.Kept != 2 || len(r.OpenRequests) != 1 || r.Now.City != "Oslo" || r.Then.City != "Bodø" ||
		r.Then.Quality != "postal_code" || r.Then.TimeZone != "Europe/Oslo" || r.Change.Person.ID != me.PersonID {
		t.Fatalf("review: %+v %v", r, err)
	}
	op := uuid.New()
	for range 2 {
		m, err := w.s.Approve(t.Context(), w.staff, op, c.ID, addresschange.Approval{SeenAt: r.Now.UpdatedAt})
		if err != nil || m.Devices != 3 || m.Site.City != "Bodø" || m.Change.State != addresschange.Approved || m.Change.Person == nil {
			t.Fatalf("approved: %+v %v", m, err)
		}
	}
	if got := w.text(t, `SELECT line1 || line2 || postal_code || city || quality || round(latitude::numeric, 2) || time_zone FROM sites WHERE id = ?`, w.site); got != "Havnegata 23. etasje8001Bodøpostal_code67.28Europe/Oslo" {
		t.Errorf("the site: %s", got)
	}
	if got := w.text(t, `SELECT city FROM sites WHERE number = '02'`); got != "Oslo" {
		t.Errorf("another site moved to %s", got)
	}
	// Deliveries go where they went, and the open request where it was opened.
	for i, want := range []string{"Eksempel 1, Eksempelveien 1, 0150", "Eksempel 1, Eksempelveien 1, 0150", "Eget navn, Varemottaket, 0151"} {
		if got := w.text(t, `SELECT name || ', ' || line1 || ', ' || postal_code FROM delivery_addresses WHERE device_id = ?`, w.devices[i]); got != want {
			t.Errorf("device %d is delivered to %s", i, got)
		}
	}
	if got := w.text(t, `SELECT city FROM service_requests`); got != "Oslo" {
		t.Errorf("the open request moved to %s", got)
	}
	told := map[uuid.UUID]int{}
	for _, m := range w.told.of(notify.AddressChangeApproved) {
		told[m.To.Person]++
	}
	if len(told) != 2 || told[me.PersonID] != 1 || told[colleague.PersonID] != 1 {
		t.Errorf("told: %v", told)
	}
	if _, err := w.approve(t, c.ID); reason(err) != "address_change_decided" {
		t.Errorf("approved anew: %v", err)
	}
}

func TestWhoMayAskForWhat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, colleague, stranger := w.person(t, w.account, w.devices[0]), w.person(t, w.account, w.devices[1]), w.person(t, w.other)
	ask := func(who identity.Actor, device uuid.UUID, to addresschange.Address) error {
		_, err := w.s.Request(t.Context(), who, uuid.New(), addresschange.Wish{DeviceID: device, Reason: "x", Address: to})
		return err
	}
	same := addresschange.Address{Line1: "Eksempelveien 1", PostalCode: "150", City: "Oslo", Country: "NO"}
	for what, err := range map[string]error{
		"device_not_found": errors.Join(ask(stranger, w.devices[0], bodo())), "address_unchanged": ask(me, w.devices[0], same),
		"customers_only": ask(w.staff, w.devices[0], bodo()), "address_incomplete": ask(me, w.devices[0], addresschange.Address{Country: "NO"}),
		"country_unknown": ask(me, w.devices[0], addresschange.Address{Line1: "x", PostalCode: "1", City: "x", Country: "XX"}),
	} {
		if reason(err) != what {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := ask(me, w.devices[1], bodo()); reason(err) != "device_not_found" {
		t.Errorf("a colleague's device: %v", err)
	}
	c := w.request(t, me, w.devices[0], bodo())
	if err := ask(colleague, w.devices[1], bodo()); reason(err) != "address_change_pending" || fault.From(err).Params["address_change_id"] != c.ID.String() {
		t.Errorf("a second one: %v", err)
	}
	if _, err := w.s.Withdraw(t.Context(), stranger, uuid.New(), c.ID); reason(err) != "address_change_not_found" {
		t.Errorf("withdrawn by a stranger: %v", err)
	}
	if _, err := w.s.Withdraw(t.Context(), colleague, uuid.New(), c.ID); reason(err) != "address_change_not_yours" {
		t.Errorf("withdrawn by a colleague: %v", err)
	}
	for _, do := range []func() error{
		func() error { _, err := w.s.Review(t.Context(), me, c.ID); return err },
		func() error {
			_, err := w.s.Approve(t.Context(), me, uuid.New(), c.ID, addresschange.Approval{})
			return err
		},
		func() error { _, err := w.s.Refuse(t.Context(), me, uuid.New(), c.ID, "x"); return err },
		func() error { _, err := w.s.ForStaff(t.Context(), me, false, addresschange.Page{}); return err },
	} {
		if err := do(); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("as a customer: %v", err)
		}
	}
	list, err := w.s.ForStaff(t.Context(), w.staff, false, addresschange.Page{Size: 1})
	if err != nil || len(list.Changes) != 1 || list.Changes[0].Person == nil || list.Next != "" {
		t.Errorf("staff see %+v %v", list, err)
	}
	refused, err := w.s.Refuse(t.Context(), w.staff, uuid.New(), c.ID, "Adressen finnes ikke")
	if err != nil || refused.State != addresschange.Refused {
		t.Fatalf("refused: %+v %v", refused, err)
	}
	if told := w.told.of(notify.AddressChangeRefused); len(told) != 1 || told[0].To.Person != me.PersonID || told[0].Params["reason"] != "Adressen finnes ikke" {
		t.Errorf("told: %+v", told)
	}
	if _, err := w.s.Withdraw(t.Context(), me, uuid.New(), c.ID); reason(err) != "address_change_decided" {
		t.Errorf("withdrawn after that: %v", err)
	}
	again := w.request(t, me, w.devices[0], bodo())
	if got, err := w.s.Withdraw(t.Context(), me, uuid.New(), again.ID); err != nil || got.State != addresschange.Withdrawn {
		t.Errorf("withdrawn: %+v %v", got, err)
	}
	mine, err := w.s.Mine(t.Context(), me, false, addresschange.Page{Size: 1})
	if err != nil || len(mine.Changes) != 1 || mine.Changes[0].ID != again.ID || mine.Next == "" {
		t.Fatalf("mine: %+v %v", mine, err)
	}
	if rest, err := w.s.Mine(t.Context(), me, false, addresschange.Page{Size: 1, Token: mine.Next}); err != nil || len(rest.Changes) != 1 || rest.Changes[0].ID != c.ID || rest.Next != "" {
		t.Errorf("the rest: %+v %v", rest, err)
	}
	if decided, err := w.s.ForStaff(t.Context(), w.staff, true, addresschange.Page{}); err != nil || len(decided.Changes) != 2 || decided.Changes[0].ID != again.ID {
		t.Errorf("decided: %+v %v", decided, err)
	}
}

// TestStaleApproval: staff approve what they saw.
func TestStaleApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.person(t, w.account, w.devices[0])
	c := w.request(t, me, w.devices[0], bodo())
	r, err := w.s.Review(t.Context(), w.staff, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, w.db, `UPDATE sites SET line1 = 'En tredje vei 3', updated_at = now() + interval '1 second' WHERE id = ?`, w.site)
	if _, err := w.s.Approve(t.Context(), w.staff, uuid.New(), c.ID, addresschange.Approval{SeenAt: r.Now.UpdatedAt}); reason(err) != "site_changed" {
		t.Errorf("approved unseen: %v", err)
	}
	r, err = w.s.Review(t.Context(), w.staff, c.ID)
	if err != nil || !r.Changed || r.Now.Line1 != "En tredje vei 3" || r.Change.Was.Line1 != "Eksempelveien 1" {
		t.Errorf("looked at again: %+v %v", r, err)
	}
	m, err := w.s.Approve(t.Context(), w.staff, uuid.New(), c.ID, addresschange.Approval{
		SeenAt: r.Now.UpdatedAt, Position: &addresschange.Point{Latitude: 67.3, Longitude: 14.5}, TimeZone: "Europe/Stockholm",
	})
	if err != nil || *m.Site.Latitude != 67.3 || m.Site.Quality != "street" || m.Site.TimeZone != "Europe/Stockholm" {
		t.Errorf("with a position: %+v %v", m, err)
	}
	// Another country brings its time zone; an unknown postal code leaves no position.
	c = w.request(t, me, w.devices[0], addresschange.Address{Line1: "Exempelgatan 1", PostalCode: "11122", City: "Stockholm", Country: "SE"})
	if m, err := w.approve(t, c.ID); err != nil || m.Site.TimeZone != "Europe/Stockholm" || m.Site.Quality != "postal_code" || m.Site.PostalCode != "111 22" {
		t.Errorf("to Sweden: %+v %v", m, err)
	}
	c = w.request(t, me, w.devices[0], addresschange.Address{Line1: "Example Street 1", PostalCode: "X1", City: "Reykjavík", Country: "IS"})
	if _, err := w.approve(t, c.ID); reason(err) != "time_zone_missing" {
		t.Errorf("to a country without a zone: %v", err)
	}
	r, err = w.s.Review(t.Context(), w.staff, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := w.s.Approve(t.Context(), w.staff, uuid.New(), c.ID, addresschange.Approval{SeenAt: r.Now.UpdatedAt, TimeZone: "Atlantic/Reykjavik"}); err != nil || m.Site.Quality != "none" || m.Site.Latitude != nil {
		t.Errorf("to an unknown postal code: %+v %v", m, err)
	}
}
