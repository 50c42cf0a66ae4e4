package addresschange_test

import (
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/notify"
	"utsendt/portal/addresschange"
)

// TestOnBehalf: the office asks for a customer, of a site of theirs alone, and it is approved as any other.
func TestOnBehalf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.person(t, w.account, w.devices[0])
	file := func(op, account, site uuid.UUID) (addresschange.Change, error) {
		return w.s.File(t.Context(), w.staff, op, addresschange.Behalf{AccountID: account, SiteID: site, Reason: "Ringte", Address: bodo()})
	}
	// Another company's site is as good as none, however it was picked.
	for what, ids := range map[string][2]uuid.UUID{"another company's": {w.other, w.site}, "no company's": {uuid.New(), w.site}, "no site": {w.account, uuid.New()}} {
		if _, err := file(uuid.New(), ids[0], ids[1]); reason(err) != "site_not_found" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := w.s.File(t.Context(), me, uuid.New(), addresschange.Behalf{AccountID: w.account, SiteID: w.site}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("by a customer: %v", err)
	}
	op := uuid.New()
	var c addresschange.Change
	for range 2 {
		again, err := file(op, w.account, w.site)
		if err != nil || again.State != addresschange.Pending || again.Person == nil || again.Person.ID != w.staff.PersonID || c.ID != uuid.Nil && c.ID != again.ID {
			t.Fatalf("filed: %+v %v", again, err)
		}
		c = again
	}
	if received, staff := w.told.of(notify.AddressChangeReceived), w.told.of(notify.ApprovalWaiting); len(received) != 0 || len(staff) != 1 {
		t.Errorf("told: %+v %+v", received, staff)
	}
	if _, err := file(uuid.New(), w.account, w.site); reason(err) != "address_change_pending" {
		t.Errorf("a second one: %v", err)
	}
	if _, err := w.s.Withdraw(t.Context(), me, uuid.New(), c.ID); reason(err) != "address_change_not_yours" {
		t.Errorf("withdrawn by a customer: %v", err)
	}
	refused, err := w.s.Refuse(t.Context(), w.staff, uuid.New(), c.ID, "Feil adresse")
	if told := w.told.of(notify.AddressChangeRefused); err != nil || refused.State != addresschange.Refused || len(told) != 1 || told[0].URL != "/board/approvals" {
		t.Errorf("refused: %+v %v %+v", refused, err, told)
	}
	if c, err = file(uuid.New(), w.account, w.site); err != nil {
		t.Fatal(err)
	}
	if m, err := w.approve(t, c.ID); err != nil || m.Site.City != "Bodø" || m.Devices != 3 {
		t.Errorf("approved: %+v %v", m, err)
	}
	if told := w.told.of(notify.AddressChangeApproved); len(told) != 1 || told[0].To.Person != me.PersonID {
		t.Errorf("told: %+v", told)
	}
	exec(t, w.db, `UPDATE devices SET retired_at = now() WHERE site_id = ?`, w.site)
	if _, err := file(uuid.New(), w.account, w.site); reason(err) != "site_without_devices" {
		t.Errorf("without devices: %v", err)
	}
}
