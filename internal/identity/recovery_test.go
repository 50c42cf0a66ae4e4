package identity

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"utsendt/internal/fault"
)

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	person := o.customer(t, "Kjent", "kjent@example.com")

	questions, err := o.StartRecovery(ctx, "KJENT", "nb", address)
	if err != nil || questions[0].ID != "first_pet" || questions[1].ID != "childhood_street" || questions[0].Text != "Hva het det første kjæledyret ditt?" {
		t.Fatalf("%+v, %v", questions, err)
	}
	operation := uuid.New()
	for range 3 { // asked again it is the same
		if err := o.AnswerRecovery(ctx, operation, "kjent", right, address); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.AnswerRecovery(ctx, uuid.New(), "kjent", wrong, address); err != nil {
		t.Fatal(err)
	}
	o.work(t)
	mails := o.post.of(MailTemporaryPassword)
	if len(mails) != 1 || mails[0].Person != person.ID || mails[0].Address != "" {
		t.Fatalf("mails: %+v", mails)
	}
	if n := o.count(t, "SELECT count(*) FROM temporary_passwords"); n != 0 {
		t.Error("a temporary password was made before its mail is")
	}
	older, ok := o.secret(t, mails[0])
	made, again := o.secret(t, mails[0])
	if !ok || !again || older["password"] == made["password"] || len(made["password"]) != 19 {
		t.Fatalf("%v, %v", older, made)
	}
	// Nowhere in the database does it stand.
	var dump string
	if err := o.db.NewRaw("SELECT string_agg(t::text, ' ') FROM (SELECT hash FROM temporary_passwords) t").Scan(ctx, &dump); err != nil ||
		strings.Contains(dump, made["password"]) {
		t.Errorf("%s, %v", dump, err)
	}

	// The old password goes on; the mail that was sent first does not count any more.
	if err := o.try(ctx, "kjent", goodPassword, ""); err != nil {
		t.Errorf("the old password: %v", err)
	}
	wantFault(t, o.try(ctx, "kjent", older["password"], ""), fault.Unauthenticated, "sign_in_failed")

	// Once, even for many at the same moment.
	var group sync.WaitGroup
	var mu sync.Mutex
	var in []string
	for range 8 {
		group.Go(func() {
			token, session, p, err := o.SignIn(ctx, "kjent", " "+made["password"]+" ", SessionWeb, "x", "")
			if err == nil {
				mu.Lock()
				in = append(in, token)
				mu.Unlock()
				if session.Method != ByTemporaryPassword || !p.MustChangePassword {
					t.Errorf("session %+v of %+v", session, p)
				}
			}
		})
	}
	group.Wait()
	if len(in) != 1 {
		t.Fatalf("%d got in", len(in))
	}
	o.exec(t, "DELETE FROM sign_in_throttle")
	wantFault(t, o.try(ctx, "kjent", made["password"], ""), fault.Unauthenticated, "sign_in_failed")
	wantFault(t, o.try(ctx, "kjent", goodPassword, ""), fault.Unauthenticated, "sign_in_failed")
	if _, ok := o.secret(t, mails[0]); ok {
		t.Error("after it was used the mail could be sent again")
	}

	actor, _, err := o.Authenticate(ctx, in[0], address)
	if err != nil || !actor.MustChangePassword {
		t.Fatalf("%+v, %v", actor, err)
	}
	wantFault(t, o.ChangePassword(ctx, actor, goodPassword, otherPassword), fault.Forbidden, "password_wrong")
	// In another session it is no password at all.
	other := actor
	other.SessionID = uuid.New()
	wantFault(t, o.ChangePassword(ctx, other, made["password"], otherPassword), fault.Forbidden, "password_wrong")
	if err := o.ChangePassword(ctx, actor, made["password"], otherPassword); err != nil {
		t.Fatal(err)
	}
	if err := o.try(ctx, "kjent", otherPassword, ""); err != nil {
		t.Error(err)
	}
	wantFault(t, o.ChangePassword(ctx, actor, made["password"], goodPassword), fault.Forbidden, "password_wrong")
	if n := len(o.post.of(MailPasswordChanged)); n != 1 {
		t.Errorf("%d mails tell of the new password", n)
	}
}

func TestTemporaryPasswordRunsOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.customer(t, "kjent", "kjent@example.com")
	give := func() string {
		if err := o.AnswerRecovery(t.Context(), uuid.New(), "kjent", right, address); err != nil {
			t.Fatal(err)
		}
		o.work(t)
		mails := o.post.of(MailTemporaryPassword)
		made, _ := o.secret(t, mails[len(mails)-1])
		return made["password"]
	}
	late := give()
	o.clock.turn(TemporaryLife)
	wantFault(t, o.try(t.Context(), "kjent", late, ""), fault.Unauthenticated, "sign_in_failed")
	inTime := give()
	o.clock.turn(TemporaryLife - time.Second)
	if err := o.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := o.try(t.Context(), "kjent", inTime, ""); err != nil {
		t.Error(err)
	}
}

// Whoever has no questions, is disabled or does not exist gets two questions that stay, and no mail.
func TestRecoveryOfNobody(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	o.dispatcher(t, "uten")
	gone := o.customer(t, "slutt", "slutt@example.com")
	if err := o.Disable(ctx, System(), gone.ID); err != nil {
		t.Fatal(err)
	}
	// A second server on the same database pretends the same.
	second := New(o.db, Config{CheapHashes: true})
	pairs := map[[2]Question]bool{}
	for _, userID := range []string{"uten", "slutt", "ingen", "Ingen2", "ingen3", "ingen4"} {
		first, err := o.StartRecovery(ctx, userID, "en", address)
		if err != nil {
			t.Fatal(err)
		}
		again, err := second.StartRecovery(ctx, strings.ToUpper(userID), "en", address)
		if err != nil || again != first || first[0] == first[1] || first[0].Text == "" || first[1].Text == "" {
			t.Errorf("%s: %v, then %v, %v", userID, first, again, err)
		}
		pairs[first] = true
		if err := o.AnswerRecovery(ctx, uuid.New(), userID, right, ""); err != nil {
			t.Error(err)
		}
	}
	if len(pairs) < 3 {
		t.Errorf("all are asked the same: %v", pairs)
	}
	o.work(t)
	if mails := o.post.of(MailTemporaryPassword); len(mails) != 0 {
		t.Errorf("mails: %+v", mails)
	}
}

func TestRecoveryIsLimited(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.customer(t, "kjent", "kjent@example.com")
	for _, userID := range []string{"kjent", "ukjent"} {
		limitedAfter(t, recoveryGuard.free+1, func(i int) error {
			return o.AnswerRecovery(t.Context(), uuid.New(), userID, wrong, ip(i))
		})
		_, err := o.StartRecovery(t.Context(), userID, "nb", "")
		wantFault(t, err, fault.Limited, "sign_in_limited")
	}
	// It is no way to keep somebody from signing in.
	if err := o.try(t.Context(), "kjent", goodPassword, ""); err != nil {
		t.Error(err)
	}
	limitedAfter(t, addressGuard.free+1, func(i int) error {
		return o.AnswerRecovery(t.Context(), uuid.New(), "u"+ip(i), wrong, "203.0.113.9")
	})
	// An operation is one question.
	id := uuid.New()
	if err := o.AnswerRecovery(t.Context(), id, "noen", wrong, ""); err != nil {
		t.Fatal(err)
	}
	wantFault(t, o.AnswerRecovery(t.Context(), id, "andre", wrong, ""), fault.Invalid, "operation_id_reused")
}

func TestSecurityQuestions(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	actor := o.actorOf(o.customer(t, "kjent", "kjent@example.com"))
	set := func(current string, a [2]Answer) error {
		return o.SetSecurityQuestions(t.Context(), actor, uuid.New(), current, a)
	}
	wantFault(t, set("wrong", answers), fault.Forbidden, "password_wrong")
	wantFault(t, set(goodPassword, [2]Answer{{"first_pet", "a b"}, {"first_pet", "c d"}}), fault.Invalid, "questions_same")
	wantFault(t, set(goodPassword, [2]Answer{{"first_pet", "A  b"}, {"first_concert", "a B "}}), fault.Invalid, "answers_same")
	wantFault(t, set(goodPassword, [2]Answer{{"no_such", "ab"}, {"first_concert", "cd"}}), fault.Invalid, "question_unknown")
	if e := wantFault(t, set(goodPassword, [2]Answer{{"first_pet", "ab"}, {"first_concert", " x "}}), fault.Invalid, "answer_unfit"); e.Field != "answers[1].answer" {
		t.Errorf("field %q", e.Field)
	}
	if err := set(goodPassword, [2]Answer{{"first_concert", "ny"}, {"first_teacher", "lærer"}}); err != nil {
		t.Fatal(err)
	}
	questions, err := o.StartRecovery(t.Context(), "kjent", "nb", "")
	if err != nil || questions[0].ID != "first_concert" || questions[1].ID != "first_teacher" {
		t.Errorf("%v, %v", questions, err)
	}
	if profile, err := o.Profile(t.Context(), actor.PersonID); err != nil || !profile.HasSecurityQuestions {
		t.Errorf("%+v, %v", profile, err)
	}
	if n := o.count(t, "SELECT count(*) FROM security_answers WHERE answer_hash NOT LIKE '$argon2id$%'"); n != 0 {
		t.Errorf("%d answers are not hashed", n)
	}
}

func TestQuestionsAreInEveryLanguage(t *testing.T) {
	t.Parallel()
	for language, texts := range questionTexts {
		if len(texts) != len(questionIDs) {
			t.Errorf("%s has %d texts for %d questions", language, len(texts), len(questionIDs))
		}
		for _, q := range Questions(language) {
			if q.Text == "" {
				t.Errorf("%s lacks %s", language, q.ID)
			}
		}
	}
	if Questions("fr")[0].Text != Questions("en")[0].Text {
		t.Error("an unknown language is not English")
	}
}

func TestFoldText(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Åse Prøve", "åse\tPRØVE", " A\u030ase\u00a0prøve  ", "\u212bse prøve"},
		{"Ꭰ", "ꭰ"}, {"Straße", "STRASSE"}, {"ﬁn", "FIN"}, {"Σίσυφος", "ΣΊΣΥΦΟΣ"},
	} {
		for _, s := range same {
			if foldText(s) != foldText(same[0]) {
				t.Errorf("%q and %q differ: %q, %q", s, same[0], foldText(s), foldText(same[0]))
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if once := foldText(s); foldText(once) != once {
			t.Fatalf("%q becomes %q and then %q", s, once, foldText(once))
		}
	})
}
