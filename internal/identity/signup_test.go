package identity

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
)

func newcomer(change func(*NewSignUp)) NewSignUp {
	n := NewSignUp{
		AccountNumber: "k 1001", PostalCode: " 01-50", FirstName: "Ærlig", LastName: "Østmo-Prøve", Title: "Kontorleder",
		Email: "ny@example.com", Phone: "+47 000 00 000", Language: "nb", Password: goodPassword, Answers: answers,
	}
	if change != nil {
		change(&n)
	}
	return n
}

// signUp signs somebody up and confirms it.
func (o *office) confirmed(t *testing.T, change func(*NewSignUp)) uuid.UUID {
	t.Helper()
	id := uuid.New()
	if err := o.SignUp(t.Context(), id, newcomer(change), ""); err != nil {
		t.Fatal(err)
	}
	o.work(t)
	mails := o.post.of(MailSignUpConfirm)
	mail := mails[len(mails)-1]
	if mail.Subject != id {
		t.Fatalf("the last mail is about another: %+v", mail)
	}
	made, ok := o.secret(t, mail)
	if !ok {
		t.Fatal("no link is wanted")
	}
	if err := o.ConfirmSignUp(t.Context(), made["token"]); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestSignUp(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	boss := o.actorOf(o.dispatcher(t, "sentral"))
	id := uuid.New()
	for range 3 {
		if err := o.SignUp(ctx, id, newcomer(nil), address); err != nil {
			t.Fatal(err)
		}
	}
	wantFault(t, o.SignUp(ctx, id, newcomer(func(n *NewSignUp) { n.LastName = "Annen" }), address), fault.Invalid, "operation_id_reused")
	o.work(t)
	mails := o.post.of(MailSignUpConfirm)
	if len(mails) != 1 || mails[0].Address != "ny@example.com" || mails[0].Language != "nb" || mails[0].Person != uuid.Nil {
		t.Fatalf("mails: %+v", mails)
	}
	if page, err := o.ListSignUps(ctx, boss, "", 0, ""); err != nil || len(page.SignUps) != 0 {
		t.Errorf("an address that is not confirmed is shown: %+v, %v", page, err)
	}
	_, err := o.ApproveSignUp(ctx, boss, uuid.New(), id)
	wantFault(t, err, fault.NotFound, "sign_up_not_found")

	older, _ := o.secret(t, mails[0])
	made, ok := o.secret(t, mails[0])
	if !ok {
		t.Fatal("no link is wanted")
	}
	wantFault(t, o.ConfirmSignUp(ctx, older["token"]), fault.NotFound, "link_invalid")
	wantFault(t, o.ConfirmSignUp(ctx, "x"), fault.NotFound, "link_invalid")
	for range 2 {
		if err := o.ConfirmSignUp(ctx, made["token"]); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := o.secret(t, mails[0]); ok {
		t.Error("a link is made for what is confirmed")
	}
	page, err := o.ListSignUps(ctx, boss, SignUpConfirmed, 0, "")
	if err != nil || len(page.SignUps) != 1 || page.SignUps[0].AccountName != "Prøvefirma" || page.SignUps[0].Title != "Kontorleder" {
		t.Fatalf("%+v, %v", page, err)
	}

	// Many at once, by two people, make one person.
	colleague := o.actorOf(o.dispatcher(t, "sentral2"))
	ids := map[string]bool{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			row, err := o.ApproveSignUp(ctx, []Actor{boss, colleague}[i%2], uuid.New(), id)
			if err != nil || row.State != SignUpApproved {
				t.Errorf("%+v, %v", row, err)
			}
			mu.Lock()
			defer mu.Unlock()
			ids[row.UserID] = true
		})
	}
	group.Wait()
	if len(ids) != 1 {
		t.Fatalf("user IDs: %v", ids)
	}
	userID := slices.Collect(maps.Keys(ids))[0]
	if !strings.HasPrefix(userID, "aostmoprove") {
		t.Errorf("user ID %q", userID)
	}
	if welcome := o.post.of(MailSignUpApproved); len(welcome) != 1 || welcome[0].Params["user_id"] != userID {
		t.Errorf("mails: %+v", welcome)
	}
	if err := o.try(ctx, userID, goodPassword, ""); err != nil {
		t.Error(err)
	}
	person, err := ByUserID(ctx, o.db, userID)
	if err != nil || person.AccountID != o.account || person.Role != RoleCustomer || person.ActivatedAt == nil || person.MustChangePassword {
		t.Errorf("%+v, %v", person, err)
	}
	// The questions came along.
	if err := o.AnswerRecovery(ctx, uuid.New(), userID, right, ""); err != nil {
		t.Fatal(err)
	}
	o.work(t)
	if n := len(o.post.of(MailTemporaryPassword)); n != 1 {
		t.Errorf("%d mails", n)
	}
	if got := o.audits(t, id); !slices.Equal(got, []string{"sign_up.confirmed", "sign_up.approved"}) {
		t.Errorf("audit trail: %v", got)
	}
	_, err = o.RefuseSignUp(ctx, boss, uuid.New(), id, "nei")
	wantFault(t, err, fault.WrongState, "sign_up_decided")
	if n := o.count(t, "SELECT count(*) FROM sign_ups WHERE password_hash IS NOT NULL OR answer1_hash IS NOT NULL"); n != 0 {
		t.Error("a decided sign-up keeps its secrets")
	}
}

// What does not fit an account gets the same answer, no mail, and leaves nothing.
func TestSignUpThatFitsNoAccount(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for i, change := range []func(*NewSignUp){
		func(n *NewSignUp) { n.AccountNumber = "K-1002" },
		func(n *NewSignUp) { n.PostalCode = "0151" },
		func(n *NewSignUp) { n.AccountNumber, n.PostalCode = "%", "%" },
	} {
		id := uuid.New()
		for range 2 {
			if err := o.SignUp(t.Context(), id, newcomer(func(n *NewSignUp) { n.Email = ip(i) + "@example.com"; change(n) }), ""); err != nil {
				t.Error(err)
			}
			o.work(t)
		}
	}
	if mails := o.post.of(MailSignUpConfirm); len(mails) != 0 {
		t.Errorf("mails: %+v", mails)
	}
	if n := o.count(t, "SELECT count(*) FROM sign_ups"); n != 0 {
		t.Errorf("%d are kept", n)
	}
}

func TestSignUpRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.actorOf(o.dispatcher(t, "sentral"))
	id := o.confirmed(t, nil)
	_, err := o.RefuseSignUp(t.Context(), boss, uuid.New(), id, "  ")
	wantFault(t, err, fault.Invalid, "field_required")
	operation := uuid.New()
	for range 2 {
		row, err := o.RefuseSignUp(t.Context(), boss, operation, id, "Ukjent person")
		if err != nil || row.State != SignUpRefused || row.Reason != "Ukjent person" {
			t.Fatalf("%+v, %v", row, err)
		}
	}
	row, err := o.RefuseSignUp(t.Context(), boss, uuid.New(), id, "Noe annet")
	if err != nil || row.Reason != "Ukjent person" {
		t.Errorf("%+v, %v", row, err)
	}
	mails := o.post.of(MailSignUpRefused)
	if len(mails) != 1 || mails[0].Address != "ny@example.com" || mails[0].Params["reason"] != "Ukjent person" {
		t.Errorf("mails: %+v", mails)
	}
	_, err = o.ApproveSignUp(t.Context(), boss, uuid.New(), id)
	wantFault(t, err, fault.WrongState, "sign_up_decided")
	if n := o.count(t, "SELECT count(*) FROM people"); n != 1 {
		t.Errorf("%d people", n)
	}
	for _, role := range []Role{RoleCustomer, RoleTechnician, RoleSystem} {
		_, err := o.ApproveSignUp(t.Context(), Actor{PersonID: uuid.New(), Role: role}, uuid.New(), id)
		wantFault(t, err, fault.Forbidden, "role_refused")
		_, err = o.ListSignUps(t.Context(), Actor{PersonID: uuid.New(), Role: role}, "", 0, "")
		wantFault(t, err, fault.Forbidden, "role_refused")
	}
}

func TestSignUpLinkRunsOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.SignUp(t.Context(), uuid.New(), newcomer(nil), ""); err != nil {
		t.Fatal(err)
	}
	o.work(t)
	made, _ := o.secret(t, o.post.of(MailSignUpConfirm)[0])
	o.clock.turn(LinkLife)
	wantFault(t, o.ConfirmSignUp(t.Context(), made["token"]), fault.NotFound, "link_invalid")
	o.clock.turn(1e9)
	if err := o.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := o.count(t, "SELECT count(*) FROM sign_ups"); n != 0 {
		t.Error("what nobody confirmed is kept")
	}
}

func TestListSignUpsByPages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.actorOf(o.dispatcher(t, "sentral"))
	var want []uuid.UUID
	for i := range 7 {
		if i%3 != 0 { // some at the same moment
			o.clock.turn(1e9)
		}
		want = append(want, o.confirmed(t, func(n *NewSignUp) { n.Email = ip(i) + "@example.com" }))
	}
	var got []uuid.UUID
	token := ""
	for range 10 {
		page, err := o.ListSignUps(t.Context(), boss, SignUpConfirmed, 2, token)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.SignUps {
			got = append(got, row.ID)
		}
		if token = page.Next; token == "" {
			break
		}
	}
	sorted := func(ids []uuid.UUID) []uuid.UUID {
		return slices.SortedFunc(slices.Values(ids), func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	}
	if !slices.Equal(sorted(got), sorted(want)) || !slices.Contains(want[5:], got[0]) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, bad := range []string{"x", "!!", "AAAA"} {
		_, err := o.ListSignUps(t.Context(), boss, "", 2, bad)
		wantFault(t, err, fault.Invalid, "page_token_malformed")
	}
	_, err := o.ListSignUps(t.Context(), boss, SignUpMailed, 2, "")
	wantFault(t, err, fault.Invalid, "invalid_field")
	_, err = o.ListSignUps(t.Context(), boss, "", 101, "")
	wantFault(t, err, fault.Invalid, "page_size_invalid")
}

func TestSignUpChecksWhatIsTyped(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, c := range []struct {
		reason, field string
		change        func(*NewSignUp)
	}{
		{"email_malformed", "email", func(n *NewSignUp) { n.Email = "Ola <ola@example.com>" }},
		{"email_malformed", "email", func(n *NewSignUp) { n.Email = "a@b.com\r\nBcc: x@y.z" }},
		{"field_required", "account_number", func(n *NewSignUp) { n.AccountNumber = " " }},
		{"text_malformed", "first_name", func(n *NewSignUp) { n.FirstName = "a\x00b" }},
		{"text_too_long", "title", func(n *NewSignUp) { n.Title = strings.Repeat("æ", 101) }},
		{"password_personal", "password", func(n *NewSignUp) { n.Password = "ærlig er best 99" }},
		{"password_common", "password", func(n *NewSignUp) { n.Password = "password123" }},
		{"language_unknown", "language", func(n *NewSignUp) { n.Language = "sv" }},
		{"questions_same", "answers", func(n *NewSignUp) { n.Answers[1].Question = n.Answers[0].Question }},
	} {
		e := wantFault(t, o.SignUp(t.Context(), uuid.New(), newcomer(c.change), ""), fault.Invalid, c.reason)
		if e.Field != c.field {
			t.Errorf("%s names %q, want %q", c.reason, e.Field, c.field)
		}
	}
	limitedAfter(t, mailGuard.free+1, func(i int) error { return o.SignUp(t.Context(), uuid.New(), newcomer(nil), ip(i)) })
}

func TestUserIDStem(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"Åse", "Prøvesen", "aprovesen"}, {"Ærlig", "Østmo-Prøve", "aostmoprove"}, {"José", "Núñez", "jnunez"}, {"", "", "user"},
		{"李", "小龙", "user"}, {"Anna", "Maksimaltlangtetternavn", "amaksimaltla"}, {"ß", "X", "sx"},
	} {
		if got := userIDStem(c[0], c[1]); got != c[2] {
			t.Errorf("%s %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
