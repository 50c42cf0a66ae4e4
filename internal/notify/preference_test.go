package notify_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
)

func (w *world) set(t testing.TB, actor identity.Actor, class notify.Class, on bool) []notify.Preference {
	t.Helper()
	list, err := w.service.SetMailPreferences(t.Context(), actor, uuid.New(), []notify.Preference{{Class: class, On: on}})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func on(list []notify.Preference, class notify.Class) bool {
	return slices.ContainsFunc(list, func(p notify.Preference) bool { return p.Class == class && p.On })
}

func TestEveryLaterMailObeysThePreferences(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	customer, other := w.customer(t, "nb", "testa@example.com"), w.customer(t, "nb", "andre@example.com")
	order := ordered(notify.Audience{Account: w.account}, uuid.New())
	// One that waits already: the servers start after it was turned off.
	w.notify(t, order)
	if list := w.set(t, customer, notify.Orders, false); on(list, notify.Orders) || !on(list, notify.Requests) {
		t.Errorf("preferences %+v", list)
	}
	w.serve(t)
	if d := w.settled(t, customer, 1).Deliveries[0]; d.State != notify.Withheld || d.LastError != "the person turned off mail of this class" || d.Attempts != 0 {
		t.Errorf("the ledger says %+v", d)
	}
	if got := <-mail.sent; got.To != "andre@example.com" {
		t.Errorf("mailed %+v", got)
	}
	// One from now on is not even queued; of another class, it comes.
	w.notify(t, order)
	if d := w.settled(t, customer, 1).Deliveries[0]; d.State != notify.Withheld {
		t.Errorf("the ledger says %+v", d)
	}
	w.settled(t, other, 1)
	<-mail.sent
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.OnSite, uuid.New()))
	if got := <-mail.sent; got.To != "testa@example.com" || got.Subject != "SR-1000017: På stedet" {
		t.Errorf("mailed %+v", got)
	}
	// Push goes on, and a push that fails brings no mail either.
	phone, _ := w.phone(t, customer, "")
	w.notify(t, order)
	received(t, phone, 1)
	w.set(t, customer, notify.Requests, false)
	phone.SetAnswer(gone)
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.OnSite, uuid.New()))
	if list := w.settled(t, customer, 2).Deliveries; list[0].State != notify.Gone || list[1].State != notify.Withheld {
		t.Errorf("the ledger says %+v", list)
	}
	// And on again.
	if list := w.set(t, customer, notify.Orders, true); !on(list, notify.Orders) {
		t.Errorf("preferences %+v", list)
	}
	w.settled(t, other, 1)
	for len(mail.sent) > 0 {
		<-mail.sent
	}
	order.To = notify.Audience{Person: customer.PersonID}
	w.notify(t, order)
	if got := <-mail.sent; got.To != "testa@example.com" {
		t.Errorf("mailed %+v", got)
	}
}

func TestPreferencesOfEachRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	technician, _ := w.technician(t)
	for _, c := range []struct {
		actor identity.Actor
		want  []notify.Class
	}{
		{w.customer(t, "nb", ""), []notify.Class{notify.Requests, notify.Orders, notify.Readings, notify.Registrations, notify.Security}},
		{technician, []notify.Class{notify.Work, notify.Security}},
		{w.staff(t, identity.RoleAdmin, "nb", ""), []notify.Class{notify.Work, notify.NewRequests, notify.Security}},
	} {
		list, err := w.service.MailPreferences(t.Context(), c.actor)
		if err != nil {
			t.Fatal(err)
		}
		var got []notify.Class
		for _, p := range list {
			got = append(got, p.Class)
			if !p.On || p.CanTurnOff == (p.Class == notify.Security) {
				t.Errorf("%s: %+v", c.actor.Role, p)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s has %v, not %v", c.actor.Role, got, c.want)
		}
	}
	if _, err := w.service.MailPreferences(t.Context(), identity.Actor{}); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("nobody: %v", err)
	}
}

func TestPreferencesThatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	customer := w.customer(t, "nb", "")
	off := func(classes ...notify.Class) (changes []notify.Preference) {
		for _, class := range classes {
			changes = append(changes, notify.Preference{Class: class})
		}
		return changes
	}
	for reason, changes := range map[string][]notify.Preference{
		"mail_class_required": off(notify.Orders, notify.Security), "mail_class_unknown": off(notify.Orders, notify.Work),
		"mail_class_twice": off(notify.Orders, notify.Orders),
	} {
		_, err := w.service.SetMailPreferences(t.Context(), customer, uuid.New(), changes)
		if fault.ReasonOf(err) != reason || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v: %v", changes, err)
		}
	}
	if _, err := w.service.SetMailPreferences(t.Context(), customer, uuid.New(), off("lunch")); fault.ReasonOf(err) != "mail_class_unknown" {
		t.Errorf("lunch: %v", err)
	}
	if list, _ := w.service.MailPreferences(t.Context(), customer); !on(list, notify.Orders) {
		t.Errorf("a refused change had an effect: %+v", list)
	}
	// The database has no row that turns security off.
	if _, err := w.db.NewRaw(`INSERT INTO mail_preferences VALUES (?, 'security', now())`, customer.PersonID).Exec(t.Context()); err == nil {
		t.Error("the database lets security be turned off")
	}
}

// The same operation, however often and at once, is one change and one line in the trail.
func TestSettingPreferencesTwiceIsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	customer := w.customer(t, "nb", "")
	operation, changes := uuid.New(), []notify.Preference{{Class: notify.Orders}, {Class: notify.Readings}}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			list, err := w.service.SetMailPreferences(t.Context(), customer, operation, changes)
			if err != nil || on(list, notify.Orders) || on(list, notify.Readings) || !on(list, notify.Requests) {
				t.Errorf("%+v, %v", list, err)
			}
		})
	}
	group.Wait()
	w.set(t, customer, notify.Orders, true)
	if list, err := w.service.SetMailPreferences(t.Context(), customer, operation, changes); err != nil || on(list, notify.Orders) {
		t.Errorf("the same again answers %+v, %v", list, err)
	}
	if list, _ := w.service.MailPreferences(t.Context(), customer); !on(list, notify.Orders) {
		t.Error("the same operation took effect again")
	}
	_, err := w.service.SetMailPreferences(t.Context(), customer, operation, changes[:1])
	if fault.ReasonOf(err) != "operation_id_reused" {
		t.Errorf("another change with the same id: %v", err)
	}
	var lines int
	if err := w.db.NewRaw(`SELECT count(*) FROM audit_trail WHERE action = 'person.mail_preferences' AND object_id = ?
		AND before->>'orders' IS NOT NULL AND after IS NOT NULL`, customer.PersonID).Scan(t.Context(), &lines); err != nil || lines != 2 {
		t.Errorf("%d lines in the trail, %v", lines, err)
	}
}

// The links of a mail: its headers' link turns its class off by one POST without signing in, and looking changes nothing.
func TestUnsubscribingByTheLinkOfAMail(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	w.serve(t)
	customer := w.customer(t, "nb", "testa@example.com")
	page := httptest.NewServer(w.service.ServeUnsubscribe(func(*http.Request) string { return "192.0.2.1" }))
	defer page.Close()
	ask := func(method, link, language string) (int, string, http.Header) {
		t.Helper()
		u, err := url.Parse(link)
		if err != nil || u.Path != notify.UnsubscribePath {
			t.Fatalf("link %q, %v", link, err)
		}
		req, err := http.NewRequestWithContext(t.Context(), method, page.URL+u.RequestURI(), strings.NewReader("List-Unsubscribe=One-Click"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", language)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body), res.Header
	}
	w.notify(t, ordered(notify.Audience{Person: customer.PersonID}, uuid.New()))
	link := (<-mail.sent).Unsubscribe
	status, body, header := ask("GET", link, "nn-NO,nb;q=0.9")
	if status != 200 || !strings.Contains(body, `<html lang="nb">`) || !strings.Contains(body, "e-post om bestillinger") || !strings.Contains(body, `<form method="post">`) ||
		!strings.HasPrefix(header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'sha256-") {
		t.Errorf("GET: %d %s %v", status, body, header)
	}
	if list, _ := w.service.MailPreferences(t.Context(), customer); !on(list, notify.Orders) {
		t.Error("looking at the link turned mail off")
	}
	for range 2 {
		if status, body, _ := ask("POST", link, "en"); status != 200 || !strings.Contains(body, "no more mail about this") || strings.Contains(body, "<form") {
			t.Errorf("POST: %d %s", status, body)
		}
	}
	if list, _ := w.service.MailPreferences(t.Context(), customer); on(list, notify.Orders) || !on(list, notify.Requests) {
		t.Errorf("after the link: %+v", list)
	}
	if status, _, _ := ask("DELETE", link, "en"); status != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", status)
	}
	// An address that is nobody's, for itself.
	to := notify.Audience{Address: notify.Address{Email: "reserve@example.com", Language: "en"}}
	w.notify(t, ordered(to, uuid.New()))
	got := <-mail.sent
	if got.Preferences != got.Unsubscribe {
		t.Errorf("somebody who is no person is sent to %s", got.Preferences)
	}
	ask("POST", got.Unsubscribe, "en")
	ask("POST", got.Unsubscribe, "en")
	w.notify(t, ordered(to, uuid.New()))
	staff := w.staff(t, identity.RoleDispatcher, "nb", "")
	list, _, err := w.service.ListMessages(t.Context(), staff, notify.About{}, 1, "")
	if err != nil || len(list) != 1 || list[0].PersonID != uuid.Nil || list[0].Deliveries[0].State != notify.Withheld {
		t.Errorf("after the link the ledger has %+v, %v", list, err)
	}
	// Links that are none.
	for _, bad := range []string{"", "x", link[len(link)-40:], strings.Repeat("A", 300)} {
		if status, _, _ := ask("POST", notify.UnsubscribePath+"?token="+url.QueryEscape(bad), "en"); status != http.StatusNotFound {
			t.Errorf("%q: %d", bad, status)
		}
	}
}

// No other token than one of ours turns anything off.
func TestForgedTokensAreRefused(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	w.serve(t)
	customer := w.customer(t, "nb", "testa@example.com")
	w.notify(t, ordered(notify.Audience{Person: customer.PersonID}, uuid.New()))
	_, token, _ := strings.Cut((<-mail.sent).Unsubscribe, "token=")
	page := w.service.ServeUnsubscribe(func(*http.Request) string { return "" })
	alphabet := []rune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
	rapid.Check(t, func(r *rapid.T) {
		forged := []rune(token)
		// The last character of base64 may have bits that mean nothing.
		at := rapid.IntRange(0, len(forged)-2).Draw(r, "at")
		forged[at] = rapid.SampledFrom(alphabet).Draw(r, "letter")
		if string(forged) == token {
			return
		}
		answer := httptest.NewRecorder()
		page.ServeHTTP(answer, httptest.NewRequest("POST", notify.UnsubscribePath+"?token="+string(forged), nil))
		if answer.Code != http.StatusNotFound {
			r.Fatalf("%s: %d", string(forged), answer.Code)
		}
	})
	if list, _ := w.service.MailPreferences(t.Context(), customer); !on(list, notify.Orders) {
		t.Error("a forged link turned mail off")
	}
}
