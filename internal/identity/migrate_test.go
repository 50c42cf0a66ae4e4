package identity

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
)

func TestMigrate(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	person, err := o.CreatePerson(ctx, System(), NewPerson{UserID: "gammel", Role: RoleCustomer, AccountID: o.account})
	if err != nil {
		t.Fatal(err)
	}
	hash, newer := bcryptOf(t, "gammelt", "$2y$"), pbkdf2Of(t, "nyere", "i=29000")
	for _, h := range []string{hash, hash, newer, newer} {
		if taken, err := o.Migrate(ctx, System(), "GAMMEL", h); err != nil || !taken {
			t.Fatalf("%v, %v", taken, err)
		}
	}
	if got := o.audits(t, person.ID); !slices.Equal(got, []string{"person.create", "person.migrate_password", "person.migrate_password"}) {
		t.Errorf("audit trail: %v", got)
	}
	wantFault(t, o.try(ctx, "gammel", "gammelt", ""), fault.Unauthenticated, "sign_in_failed")
	token, _, in, err := o.SignIn(ctx, "gammel", "nyere", SessionWeb, "x", "")
	if err != nil || !in.MustChangePassword {
		t.Fatalf("%+v, %v", in, err)
	}
	actor, _, err := o.Authenticate(ctx, token, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.ChangePassword(ctx, actor, "nyere", goodPassword); err != nil {
		t.Fatal(err)
	}
	// Whoever was here keeps what they have.
	if taken, err := o.Migrate(ctx, System(), "gammel", hash); err != nil || taken {
		t.Errorf("%v, %v", taken, err)
	}
	if err := o.try(ctx, "gammel", goodPassword, ""); err != nil {
		t.Error(err)
	}
	_, err = o.Migrate(ctx, System(), "gammel", "$1$md5")
	wantFault(t, err, fault.Invalid, "password_hash_malformed")
	_, err = o.Migrate(ctx, System(), "ingen", hash)
	wantFault(t, err, fault.NotFound, "person_not_found")
}

// TestPurgeOfAccounts: what counts no more goes, what still counts stays.
func TestPurgeOfAccounts(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	person := o.customer(t, "kjent", "kjent@example.com")
	boss := o.actorOf(o.dispatcher(t, "sentral"))
	if err := o.AnswerRecovery(ctx, uuid.New(), "kjent", right, ""); err != nil {
		t.Fatal(err)
	}
	if err := o.RemindUserID(ctx, uuid.New(), "Åse", "Prøvesen", "kjent@example.com", ""); err != nil {
		t.Fatal(err)
	}
	me := Me{FirstName: "Åse", LastName: "Prøvesen", Email: "ny@example.com", Language: "nb"}
	if err := o.UpdateMe(ctx, o.actorOf(person), uuid.New(), me); err != nil {
		t.Fatal(err)
	}
	waiting := o.confirmed(t, nil)
	decided := o.confirmed(t, func(n *NewSignUp) { n.Email = "b@example.com" })
	if _, err := o.RefuseSignUp(ctx, boss, uuid.New(), decided, "nei"); err != nil {
		t.Fatal(err)
	}
	o.work(t)
	o.secret(t, o.post.of(MailTemporaryPassword)[0])
	left := func() [5]int {
		t.Helper()
		if err := o.Purge(ctx); err != nil {
			t.Fatal(err)
		}
		var n [5]int
		for i, table := range []string{"temporary_passwords", "recoveries", "user_id_reminders", "email_changes", "sign_ups"} {
			n[i] = o.count(t, "SELECT count(*) FROM ?", bunIdent(table))
		}
		return n
	}
	if n := left(); n != [5]int{1, 1, 1, 1, 2} {
		t.Errorf("at once: %v", n)
	}
	o.clock.turn(TemporaryLife + 1e9)
	if n := left(); n != [5]int{0, 1, 1, 1, 2} {
		t.Errorf("after half an hour: %v", n)
	}
	o.clock.turn(LinkLife)
	if n := left(); n != [5]int{0, 0, 0, 0, 2} {
		t.Errorf("after a day: %v", n)
	}
	o.clock.turn(decidedKept)
	if n := left(); n != [5]int{0, 0, 0, 0, 1} {
		t.Errorf("after three months: %v", n)
	}
	if row, err := o.signUp(ctx, waiting); err != nil || row.State != SignUpConfirmed {
		t.Errorf("one that waits: %+v, %v", row, err)
	}
}
