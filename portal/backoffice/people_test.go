package backoffice_test

import (
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal/backoffice"
)

func customerFields(account uuid.UUID) backoffice.PersonFields {
	return backoffice.PersonFields{FirstName: "Kari", LastName: "Eksempel", Email: "kari@example.com", Language: "nb", Role: identity.RoleCustomer, AccountID: account}
}

// TestPeople: made with a mail, changed with what it entails, and every look at them noted.
func TestPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	made := must(o.CreatePerson(ctx, w.admin, op(), "Kari", customerFields(w.account.ID)))(t)
	if made.UserID != "kari" || !made.MustChangePassword || made.BelongsTo != "Eksempel En AS" {
		t.Errorf("made: %+v", made)
	}
	if len(w.mail.mails) != 1 || w.mail.mails[0].Kind != identity.MailTemporaryPassword || w.mail.mails[0].Person != made.ID {
		t.Errorf("mails: %+v", w.mail.mails)
	}
	_, err := o.CreatePerson(ctx, w.admin, op(), "KARI", customerFields(w.account.ID))
	wants(t, err, fault.Exists, "user_id_taken")
	_, err = o.CreatePerson(ctx, w.admin, op(), "ola", customerFields(uuid.Nil))
	wants(t, err, fault.Invalid, "account_mismatch")

	w.session(t, made.ID)
	staff := customerFields(uuid.Nil)
	staff.Role = identity.RoleDispatcher
	changed := must(o.UpdatePerson(ctx, w.admin, op(), made.ID, made.Revision(), staff))(t)
	if changed.Role != identity.RoleDispatcher || changed.Sessions != 0 {
		t.Errorf("changed: %+v", changed)
	}
	_, err = o.UpdatePerson(ctx, w.admin, op(), made.ID, made.Revision(), staff)
	if f := wants(t, err, fault.Stale, "revision_stale"); f.Params["fields"] != "role, account_id" {
		t.Errorf("changed fields: %v", f.Params)
	}

	w.session(t, made.ID)
	if n := len(must(o.Sessions(ctx, w.admin, made.ID))(t)); n != 1 {
		t.Errorf("%d sessions", n)
	}
	if n := must(o.EndSessions(ctx, w.admin, op(), made.ID))(t); n != 1 {
		t.Errorf("%d ended", n)
	}
	w.session(t, made.ID)
	if out := must(o.SetPersonEnabled(ctx, w.admin, op(), made.ID, false))(t); out.DisabledAt == nil || out.Sessions != 0 {
		t.Errorf("disabled: %+v", out)
	}
	_, err = o.ResetPassword(ctx, w.admin, op(), made.ID)
	wants(t, err, fault.WrongState, "person_disabled")
	must(o.SetPersonEnabled(ctx, w.admin, op(), made.ID, true))(t)
	id := op()
	for range 2 {
		must(o.ResetPassword(ctx, w.admin, id, made.ID))(t)
	}
	if len(w.mail.mails) != 2 {
		t.Errorf("%d mails after one reset that was sent twice", len(w.mail.mails))
	}
	_, err = o.ResetPassword(ctx, w.admin, op(), w.dispatcher.PersonID)
	wants(t, err, fault.WrongState, "email_missing")
	_, err = o.Person(ctx, w.admin, uuid.New())
	wants(t, err, fault.NotFound, "person_not_found")

	found := must(o.People(ctx, w.admin, backoffice.PersonQuery{Text: "eksempel"}))(t)
	if found.Total != 1 || found.Rows[0].ID != made.ID {
		t.Errorf("found: %+v", found)
	}
	must(o.Person(ctx, w.admin, made.ID))(t)
	reads := must(o.Reads(ctx, w.admin, backoffice.TrailQuery{ObjectKind: "person", ObjectID: made.ID}))(t)
	actions := map[string]int{}
	for _, r := range reads.Rows {
		actions[r.Action]++
		if r.ActorID != w.admin.PersonID || r.Address != w.admin.Address {
			t.Errorf("read by %+v", r)
		}
	}
	if actions["people.list"] != 1 || actions["people.get"] != 1 || actions["people.sessions"] != 1 {
		t.Errorf("noted: %v", actions)
	}
}

func (w *world) session(t testing.TB, person uuid.UUID) {
	t.Helper()
	w.exec(t, `INSERT INTO sessions (id, person_id, token_hash, kind, created_at, last_seen_at, expires_at)
		VALUES (?, ?, sha256(?::text::bytea), 'web', now(), now(), now() + interval '1 day')`, uuid.New(), person, uuid.NewString())
}

// TestAnAdminRemains: the last one is neither disabled, nor made something else, nor removed.
func TestAnAdminRemains(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o, id := t.Context(), w.office, w.admin.PersonID
	_, err := o.SetPersonEnabled(ctx, w.admin, op(), id, false)
	wants(t, err, fault.WrongState, "last_admin")
	p := must(o.Person(ctx, w.admin, id))(t)
	_, err = o.UpdatePerson(ctx, w.admin, op(), id, p.Revision(), backoffice.PersonFields{Role: identity.RoleDispatcher, Language: "nb"})
	wants(t, err, fault.WrongState, "last_admin")
	for _, statement := range []string{"DELETE FROM people WHERE id = ?", "UPDATE people SET disabled_at = now() WHERE id = ?",
		"UPDATE people SET role = 'dispatcher' WHERE id = ?"} {
		if _, err := w.db.ExecContext(ctx, statement, id); err == nil {
			t.Errorf("%s is let through", statement)
		}
	}
}

// TestTwoAdminsAtOnce disable each other, again and again: one of the two always remains.
func TestTwoAdminsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	second := must(w.office.CreatePerson(ctx, w.admin, op(), "admin2", backoffice.PersonFields{Language: "nb", Role: identity.RoleAdmin}))(t)
	other := identity.Actor{PersonID: second.ID, Role: identity.RoleAdmin}
	for range 25 {
		errs := make([]error, 2)
		var group sync.WaitGroup
		group.Go(func() { _, errs[0] = w.office.SetPersonEnabled(ctx, w.admin, op(), second.ID, false) })
		group.Go(func() { _, errs[1] = w.office.SetPersonEnabled(ctx, other, op(), w.admin.PersonID, false) })
		group.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("%v and %v: want one", errs[0], errs[1])
		}
		for i, id := range []uuid.UUID{second.ID, w.admin.PersonID} {
			if errs[i] != nil {
				wants(t, errs[i], fault.WrongState, "last_admin")
				continue
			}
			must(w.office.SetPersonEnabled(ctx, w.admin, op(), id, true))(t)
		}
	}
}

// BenchmarkRead measures what noting a page of people costs, beside reading that page.
func BenchmarkRead(b *testing.B) {
	w := newWorld(b)
	actor := w.admin
	ids := make([]uuid.UUID, 20)
	for i := range ids {
		ids[i] = w.customer(b, serial(i), w.account.ID)
	}
	ctx := b.Context()
	var page, noting float64
	for b.Loop() {
		at := w.now()

		must(w.office.People(ctx, actor, backoffice.PersonQuery{}))(b)
		between := w.now()
		if err := audit.Read(ctx, w.db, actor, "people.list", "person", ids...); err != nil {
			b.Fatal(err)
		}
		page, noting = page+between.Sub(at).Seconds(), noting+w.now().Sub(between).Seconds()
	}
	b.ReportMetric(noting*1e6/float64(b.N), "µs/noting")
	b.ReportMetric(noting/page, "of-a-page")
}
