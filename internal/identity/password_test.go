package identity

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
)

func TestChangePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	person, err := w.CreatePerson(ctx, System(), NewPerson{
		UserID: "known", Password: goodPassword, MustChangePassword: true, Role: RoleDispatcher,
	})
	if err != nil {
		t.Fatal(err)
	}
	this, session := w.signIn(t, "known", SessionWeb)
	other, _ := w.signIn(t, "known", SessionDevice)
	actor, _, err := w.Authenticate(ctx, this, address)
	if err != nil || !actor.MustChangePassword || actor.SessionID != session.ID {
		t.Fatalf("actor %+v, %v", actor, err)
	}
	wantFault(t, w.ChangePassword(ctx, actor, goodPassword, goodPassword), fault.Invalid, "password_unchanged")
	e := wantFault(t, w.ChangePassword(ctx, actor, "wrong", otherPassword), fault.Forbidden, "password_wrong")
	if e.Field != "current_password" {
		t.Errorf("field is %q", e.Field)
	}
	w.mustBeIn(t, other)
	if err := w.ChangePassword(ctx, actor, goodPassword, otherPassword); err != nil {
		t.Fatal(err)
	}
	w.mustBeOut(t, other)
	if actor, _, err = w.Authenticate(ctx, this, address); err != nil || actor.MustChangePassword {
		t.Errorf("after the change: %+v, %v", actor, err)
	}
	wantFault(t, w.try(ctx, "known", goodPassword, ""), fault.Unauthenticated, "sign_in_failed")
	if err := w.try(ctx, "known", otherPassword, ""); err != nil {
		t.Error(err)
	}
	if got := w.audits(t, person.ID); !slices.Equal(got, []string{"person.create", "person.change_password"}) {
		t.Errorf("audit trail: %v", got)
	}
	// Guessing the current password is held back like sign-in.
	for range 5 {
		wantFault(t, w.ChangePassword(ctx, actor, "wrong", goodPassword), fault.Forbidden, "password_wrong")
	}
	wantFault(t, w.ChangePassword(ctx, actor, otherPassword, goodPassword), fault.Limited, "sign_in_limited")
}

func TestSetPasswordEndsAllSessionsAndTheWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	person := w.dispatcher(t, "known")
	token, _ := w.signIn(t, "known", SessionWeb)
	for range 5 {
		_ = w.try(ctx, "known", "wrong", "")
	}
	if err := w.SetPassword(ctx, System(), person.ID, otherPassword, true); err != nil {
		t.Fatal(err)
	}
	w.mustBeOut(t, token)
	_, _, got, err := w.SignIn(ctx, "known", otherPassword, SessionWeb, "", "")
	if err != nil || !got.MustChangePassword {
		t.Errorf("%+v, %v", got, err)
	}
	wantFault(t, w.SetPassword(ctx, System(), uuid.New(), otherPassword, false), fault.NotFound, "person_not_found")
}

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	person := Person{UserID: "kari.demo", FirstName: "Demoline", LastName: "Prøve Hansen", Email: "mailbox77@example.com"}
	for password, reason := range map[string]string{
		"short 7":                           "password_too_short",
		"ææææææææ9":                         "password_too_short", // counted in characters
		strings.Repeat("x y!", 126):         "password_too_long",
		"my KARI.demo word 9":               "password_personal",
		"violet demoLINE 7":                 "password_personal",
		"violet PRØVE seven":                "password_personal",
		"violet mailbox77 seven":            "password_personal",
		"password123":                       "password_common",
		"qwertyuiop":                        "password_common",
		"aaaaaaaaaaaaaaaa":                  "password_common",
		"1234567890":                        "password_common",
		goodPassword:                        "",
		otherPassword:                       "",
		"ørret i grønn elv":                 "",
		strings.Repeat("lang setning ", 38): "",
	} {
		err := checkPassword(password, "new_password", person)
		if got := fault.ReasonOf(err); got != reason {
			t.Errorf("%.30q: %q, want %q", password, got, reason)
			continue
		}
		if err != nil {
			if e := fault.From(err); e.Kind != fault.Invalid || e.Field != "new_password" || strings.Contains(e.Message, password) {
				t.Errorf("%.30q: %v", password, e)
			}
		}
	}
}

// The cost of judging must not grow with what a caller sends.
func BenchmarkCheckPassword(b *testing.B) {
	for name, password := range map[string]string{"usual": goodPassword, "longest": strings.Repeat("abc1Def2!", 55)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_ = checkPassword(password, "password", Person{UserID: "known"})
			}
		})
	}
}

func BenchmarkHash(b *testing.B) {
	h := newHasher(hashParams, 1)
	for b.Loop() {
		if _, err := h.hash(b.Context(), goodPassword); err != nil {
			b.Fatal(err)
		}
	}
}
