package identity

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
)

func (o *office) person(t *testing.T, id uuid.UUID) Person {
	t.Helper()
	person, err := ByID(t.Context(), o.db, id)
	if err != nil {
		t.Fatal(err)
	}
	return person
}

func TestUpdateMe(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	person := o.customer(t, "kjent", "gammel@example.com")
	actor := o.actorOf(person)
	me := Me{FirstName: " Åse Marie ", LastName: "Prøvesen", Title: "Leder", Phone: "+47 000 00 001", Email: "ny@example.com", Language: "en"}
	operation := uuid.New()
	for range 3 {
		if err := o.UpdateMe(ctx, actor, operation, me); err != nil {
			t.Fatal(err)
		}
	}
	got := o.person(t, person.ID)
	if got.FirstName != "Åse Marie" || got.Title != "Leder" || got.Phone != "+47 000 00 001" || got.Language != "en" || got.Email != "gammel@example.com" {
		t.Errorf("%+v", got)
	}
	if profile, err := o.Profile(ctx, person.ID); err != nil || profile.PendingEmail != "ny@example.com" {
		t.Errorf("%+v, %v", profile, err)
	}
	mails := o.post.of(MailEmailConfirm)
	if len(mails) != 1 || mails[0].Address != "ny@example.com" || mails[0].Language != "en" {
		t.Fatalf("mails: %+v", mails)
	}
	made, ok := o.secret(t, mails[0])
	if !ok {
		t.Fatal("no link is wanted")
	}
	// Many clicks at once are one.
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			if err := o.ConfirmEmail(ctx, made["token"], address); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := o.person(t, person.ID); got.Email != "ny@example.com" {
		t.Errorf("%+v", got)
	}
	told := o.post.of(MailEmailChanged)
	if len(told) != 1 || told[0].Address != "gammel@example.com" {
		t.Errorf("mails: %+v", told)
	}
	if profile, err := o.Profile(ctx, person.ID); err != nil || profile.PendingEmail != "" {
		t.Errorf("%+v, %v", profile, err)
	}
	want := []string{"person.create", "person.set_security_questions", "person.update_me", "person.want_email", "person.change_email"}
	if actions := o.audits(t, person.ID); !slices.Equal(actions, want) {
		t.Errorf("audit trail: %v", actions)
	}
	var trail string
	if err := o.db.NewRaw("SELECT string_agg(before::text || after::text, ' ') FROM audit_trail").Scan(ctx, &trail); err != nil ||
		strings.Contains(trail, "gammel@") || strings.Contains(trail, "00 001") || !strings.Contains(trail, "n…@example.com") {
		t.Errorf("the trail: %s, %v", trail, err)
	}
	wantFault(t, o.UpdateMe(ctx, actor, operation, Me{FirstName: "x", LastName: "y", Language: "nb"}), fault.Invalid, "operation_id_reused")
}

// The latest wish counts; a link that was replaced, ran out or is somebody's who left opens nothing.
func TestEmailLinks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	person := o.customer(t, "kjent", "gammel@example.com")
	want := func(email string) string {
		t.Helper()
		err := o.UpdateMe(ctx, o.actorOf(person), uuid.New(), Me{FirstName: "Åse", LastName: "Prøvesen", Email: email, Language: "nb"})
		if err != nil {
			t.Fatal(err)
		}
		mails := o.post.of(MailEmailConfirm)
		made, ok := o.secret(t, mails[len(mails)-1])
		if !ok {
			t.Fatal("no link is wanted")
		}
		return made["token"]
	}
	first := want("en@example.com")
	second := want("to@example.com")
	wantFault(t, o.ConfirmEmail(ctx, first, ""), fault.NotFound, "link_invalid")
	if _, ok := o.secret(t, o.post.of(MailEmailConfirm)[0]); ok {
		t.Error("a link is made for a wish that was replaced")
	}
	o.clock.turn(LinkLife)
	wantFault(t, o.ConfirmEmail(ctx, second, ""), fault.NotFound, "link_invalid")
	third := want("tre@example.com")
	if err := o.Disable(ctx, System(), person.ID); err != nil {
		t.Fatal(err)
	}
	wantFault(t, o.ConfirmEmail(ctx, third, ""), fault.NotFound, "link_invalid")
	for _, garbage := range []string{"", "x", "uts_", third + "x", strings.ToUpper(third)} {
		wantFault(t, o.ConfirmEmail(ctx, garbage, ""), fault.NotFound, "link_invalid")
	}
	if got := o.person(t, person.ID); got.Email != "gammel@example.com" {
		t.Errorf("%+v", got)
	}
}

func TestUpdateMeChecksWhatIsTyped(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	actor := o.actorOf(o.customer(t, "kjent", "gammel@example.com"))
	good := Me{FirstName: "Åse", LastName: "Prøvesen", Language: "nb"}
	for reason, change := range map[string]func(*Me){
		"field_required":   func(m *Me) { m.FirstName = " " },
		"text_malformed":   func(m *Me) { m.Title = "a\nb" },
		"text_too_long":    func(m *Me) { m.Phone = strings.Repeat("1", 51) },
		"email_malformed":  func(m *Me) { m.Email = "x" },
		"language_unknown": func(m *Me) { m.Language = "" },
	} {
		me := good
		change(&me)
		wantFault(t, o.UpdateMe(t.Context(), actor, uuid.New(), me), fault.Invalid, reason)
	}
	limitedAfter(t, mailGuard.free+1, func(int) error {
		me := good
		me.Email = "offer@example.com"
		return o.UpdateMe(t.Context(), actor, uuid.New(), me)
	})
}

func TestForgottenUserID(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	first := o.customer(t, "kjent1", "Felles@example.com")
	o.customer(t, "kjent2", "felles@Example.com")
	gone := o.customer(t, "kjent3", "felles@example.com")
	if err := o.Disable(ctx, System(), gone.ID); err != nil {
		t.Fatal(err)
	}
	operation := uuid.New()
	for range 2 {
		if err := o.RemindUserID(ctx, operation, "ÅSE", " prøvesen", "felles@example.com", address); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range [][3]string{
		{"Åse", "Annen", "felles@example.com"}, {"Annen", "Prøvesen", "felles@example.com"}, {"Åse", "Prøvesen", "annen@example.com"},
	} {
		if err := o.RemindUserID(ctx, uuid.New(), c[0], c[1], c[2], address); err != nil {
			t.Error(err)
		}
	}
	o.work(t)
	mails := o.post.of(MailUserIDReminder)
	if len(mails) != 1 || mails[0].Person != first.ID || mails[0].Params["user_id"] != "kjent1, kjent2" {
		t.Errorf("mails: %+v", mails)
	}
	if n := o.count(t, "SELECT count(*) FROM user_id_reminders WHERE email <> '' OR last_name <> ''"); n != 0 {
		t.Error("what was typed is kept")
	}
	for _, email := range []string{"kjent@example.com", "ukjent@example.com"} {
		limitedAfter(t, mailGuard.free+1, func(i int) error { return o.RemindUserID(ctx, uuid.New(), "A", "B", email, ip(i)) })
	}
}
