package notify_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/jobs"
	"utsendt/internal/notify"
)

func TestListIsPagedNewestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	customer, other := w.customer(t, "nb", ""), w.customer(t, "nb", "")
	w.phone(t, customer, "a")
	w.phone(t, customer, "b")
	for range 7 {
		w.notify(t, about(notify.Audience{Account: w.account}, notify.EnRoute, uuid.New()))
	}
	all := w.ledger(t, customer)
	var paged []notify.Notification
	for token := ""; ; {
		page, next, err := w.service.ListNotifications(t.Context(), customer, 3, token)
		if err != nil || len(page) > 3 {
			t.Fatal(len(page), err)
		}
		paged = append(paged, page...)
		// What comes meanwhile does not shift the pages.
		w.notify(t, about(notify.Audience{Account: w.account}, notify.OnSite, uuid.New()))
		if token = next; token == "" {
			break
		}
	}
	if len(all) != 7 || len(paged) != 7 {
		t.Fatalf("%d at once, %d in pages", len(all), len(paged))
	}
	for i := range all {
		if all[i].ID != paged[i].ID || len(paged[i].Deliveries) != 2 || i > 0 && all[i].Sequence >= all[i-1].Sequence {
			t.Errorf("entry %d: %+v and %+v", i, all[i], paged[i])
		}
	}
	if d := paged[0].Deliveries; d[0].Recipient != "a" || d[1].Recipient != "b" {
		t.Errorf("deliveries %+v", d)
	}
	if list := w.ledger(t, other); list[0].ID == all[0].ID || list[0].Deliveries != nil {
		t.Error("somebody sees what went to another")
	}
	for _, token := range []string{"x", "!", "LTE", "MA", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"} {
		_, _, err := w.service.ListNotifications(t.Context(), customer, 0, token)
		expectFault(t, "token "+token, err, fault.Invalid, "page_token_invalid")
	}
	_, _, err := w.service.ListNotifications(t.Context(), customer, 101, "")
	expectFault(t, "page of 101", err, fault.Invalid, "page_size_invalid")
	_, _, err = w.service.ListNotifications(t.Context(), identity.Actor{}, 0, "")
	expectFault(t, "nobody", err, fault.Unauthenticated, "sign_in_required")
}

func TestLedgerOfARequestIsForDispatchers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	customer := w.customer(t, "nb", "")
	w.phone(t, customer, "Firefox")
	request := uuid.New()
	to := notify.Audience{Account: w.account}
	w.notify(t, about(to, notify.Dispatched, request))
	w.notify(t, about(to, notify.EnRoute, request), about(to, notify.OnSite, uuid.New()))
	dispatcher := identity.Actor{PersonID: uuid.New(), Role: identity.RoleDispatcher}
	list, err := w.service.OfSubject(t.Context(), dispatcher, "request", request)
	if err != nil || len(list) != 2 || list[0].Kind != notify.Dispatched || list[1].Kind != notify.EnRoute {
		t.Fatalf("%+v, %v", list, err)
	}
	if n := list[1]; n.PersonName != "Testa Testesen" || len(n.Deliveries) != 1 || n.Deliveries[0].Recipient != "Firefox" {
		t.Errorf("%+v", n)
	}
	if list, err := w.service.OfSubject(t.Context(), dispatcher, "request", uuid.New()); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = w.service.OfSubject(t.Context(), customer, "request", request)
	expectFault(t, "a customer", err, fault.Forbidden, "role_not_allowed")
}

func TestOldMessagesAreCleared(t *testing.T) {
	t.Parallel()
	clock := &shift{}
	w := newWorldAt(t, notify.Config{}, clock.now)
	customer := w.customer(t, "nb", "")
	w.phone(t, customer, "")
	w.notify(t, about(notify.Audience{Account: w.account}, notify.EnRoute, uuid.New()))
	clock.forward(91 * 24 * time.Hour)
	w.notify(t, about(notify.Audience{Account: w.account}, notify.OnSite, uuid.New()))
	w.serve(t) // the periodic job runs at the start
	eventually(t, func() string { return "the old message to go" }, func() bool { return len(w.ledger(t, customer)) == 1 })
	if n := w.ledger(t, customer)[0]; n.Kind != notify.OnSite {
		t.Errorf("kept %+v", n)
	}
	var deliveries int
	if err := w.db.NewRaw(`SELECT count(*) FROM deliveries`).Scan(t.Context(), &deliveries); err != nil || deliveries != 1 {
		t.Errorf("%d deliveries, %v", deliveries, err)
	}
	if n, err := w.service.Purge(t.Context()); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}

func TestClientThatOnlyQueuesCannotWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	client, err := jobs.New(w.db, nil, jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.service.UseJobs(client); err == nil {
		t.Error("accepted")
	}
}
