package server_test

import (
	"fmt"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"golang.org/x/crypto/bcrypt"

	"utsendt/internal/demo"
	"utsendt/internal/identity"
	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

const (
	newPassword = "fire lange ord om skrivere"
	// baseURL has a host name, which passkeys need.
	baseURL = "https://utsendt.example.com"
)

// people is a server whose mails the test reads.
type people struct {
	*servertest.Server
	box mailbox
}

func newPeople(t *testing.T) people {
	t.Helper()
	box := t.TempDir()
	return people{servertest.Start(t, servertest.Options{Demo: true, Change: func(cfg *server.Config) {
		cfg.Mail.Folder, cfg.Identity.BaseURL = box, baseURL
	}}), mailbox(box)}
}

// stranger is a browser with nobody signed in.
func (p people) stranger(t *testing.T) *servertest.Person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	nobody := p.Nobody(t)
	nobody.HTTP.Jar = jar
	return nobody
}

func (p people) signIn(t *testing.T, browser *servertest.Person, userID, password string) *identityv1.Person {
	t.Helper()
	res, err := browser.Session.SignIn(t.Context(), &identityv1.SignInRequest{UserId: userID, Password: password})
	if err != nil {
		t.Fatalf("%s cannot sign in: %v", userID, err)
	}
	return res.Person
}

// setEmail gives a person of the demo an address of their own.
func (p people) setEmail(t *testing.T, userID, email string) {
	t.Helper()
	if _, err := p.DB.ExecContext(t.Context(), "UPDATE people SET email = ? WHERE user_id = ?", email, userID); err != nil {
		t.Fatal(err)
	}
}

// everything stored, as one text.
func (p people) everything(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	var tables []string
	if err := p.DB.NewRaw(`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`).
		Scan(t.Context(), &tables); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		var text string
		if err := p.DB.NewRaw(fmt.Sprintf("SELECT coalesce(string_agg(x::text, ' '), '') FROM %s x", table)).Scan(t.Context(), &text); err != nil {
			t.Fatal(err)
		}
		all.WriteString(text)
	}
	return all.String()
}

var twoAnswers = []*identityv1.SecurityAnswer{
	{QuestionId: "first_pet", Answer: "Prøve"}, {QuestionId: "first_teacher", Answer: "Eksempel Eksempelsen"},
}

func TestForgottenPasswordByMail(t *testing.T) {
	t.Parallel()
	p := newPeople(t)
	ctx := t.Context()
	p.setEmail(t, "kunde01", "kunde01@example.com")
	customer := p.Browser(t, "kunde01")
	set, err := customer.Account.SetSecurityQuestions(ctx, &identityv1.SetSecurityQuestionsRequest{
		OperationId: uuid.NewString(), CurrentPassword: demo.Password, Answers: twoAnswers,
	})
	if err != nil || !set.Person.HasSecurityQuestions {
		t.Fatalf("%v, %v", set, err)
	}
	browser := p.stranger(t)
	asked, err := browser.Recovery.StartRecovery(ctx, &identityv1.StartRecoveryRequest{UserId: "KUNDE01", Language: "nb"})
	if err != nil || len(asked.Questions) != 2 || asked.Questions[0].Id != "first_pet" || asked.Questions[0].Text == "" {
		t.Fatalf("%v, %v", asked, err)
	}
	for _, userID := range []string{"kunde01", "ingen"} {
		if _, err := browser.Recovery.AnswerRecovery(ctx, &identityv1.AnswerRecoveryRequest{
			OperationId: uuid.NewString(), UserId: userID, Answers: []string{"prøve ", "EKSEMPEL  eksempelsen"},
		}); err != nil {
			t.Fatal(err)
		}
	}
	letter := p.box.letter(t, "kunde01@example.com", "Et midlertidig passord")
	password := regexp.MustCompile(`[a-z2-9]{4}(-[a-z2-9]{4}){3}`).FindString(letter)
	if password == "" || !strings.Contains(letter, "30 minutter") {
		t.Fatalf("the mail says %s", letter)
	}
	if strings.Contains(p.everything(t), password) {
		t.Error("the temporary password stands in the database")
	}
	if me := p.signIn(t, browser, "kunde01", password); !me.MustChangePassword {
		t.Errorf("%v", me)
	}
	_, err = browser.Portal.ListDevices(ctx, &portalv1.ListDevicesRequest{})
	if connect.CodeOf(err) != connect.CodePermissionDenied {
		t.Errorf("before a new password is chosen: %v", err)
	}
	if _, err := browser.Session.ChangePassword(ctx, &identityv1.ChangePasswordRequest{CurrentPassword: password, NewPassword: newPassword}); err != nil {
		t.Fatal(err)
	}
	if _, err := browser.Portal.ListDevices(ctx, &portalv1.ListDevicesRequest{}); err != nil {
		t.Error(err)
	}
	if _, err := customer.Session.GetMe(ctx, &identityv1.GetMeRequest{}); connect.CodeOf(err) != connect.CodeUnauthenticated {
		t.Errorf("the session from before: %v", err)
	}
	p.box.letter(t, "kunde01@example.com", "Passordet ditt er endret")
	p.signIn(t, p.stranger(t), "kunde01", newPassword)
}

func TestForgottenUserIDByMail(t *testing.T) {
	t.Parallel()
	p := newPeople(t)
	p.setEmail(t, "kunde01", "kunde01@example.com")
	var first, last string
	if err := p.DB.NewRaw("SELECT first_name, last_name FROM people WHERE user_id = 'kunde01'").Scan(t.Context(), &first, &last); err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"ingen@example.com", "KUNDE01@example.com"} {
		if _, err := p.Nobody(t).Recovery.RemindUserId(t.Context(), &identityv1.RemindUserIdRequest{
			OperationId: uuid.NewString(), FirstName: first, LastName: strings.ToUpper(last), Email: email,
		}); err != nil {
			t.Fatal(err)
		}
	}
	if letter := p.box.letter(t, "kunde01@example.com", "Bruker-ID-en din"); !strings.Contains(letter, "kunde01") {
		t.Errorf("the mail says %s", letter)
	}
	if found := p.box.letters(t, "ingen@example.com", ""); len(found) != 0 {
		t.Errorf("nobody got %v", found)
	}
}

func TestSignUpByMail(t *testing.T) {
	t.Parallel()
	p := newPeople(t)
	ctx := t.Context()
	var number, postal string
	if err := p.DB.NewRaw("SELECT a.number, s.postal_code FROM accounts a JOIN sites s ON s.account_id = a.id ORDER BY 1, 2 LIMIT 1").
		Scan(ctx, &number, &postal); err != nil {
		t.Fatal(err)
	}
	signUp := func(email, number string) {
		t.Helper()
		if _, err := p.Nobody(t).SignUp.SignUp(ctx, &identityv1.SignUpRequest{
			OperationId: uuid.NewString(), AccountNumber: number, PostalCode: postal, FirstName: "Ny", LastName: "Eksempel",
			Title: "Leder", Email: email, Language: "en", Password: newPassword, Answers: twoAnswers,
		}); err != nil {
			t.Fatal(err)
		}
	}
	signUp("galt@example.com", "K-0")
	signUp("nei@example.com", number)
	signUp("ja@example.com", strings.ToLower(number))
	staff := p.Browser(t, "sentral1")
	rows := map[string]*backofficev1.SignUp{}
	for _, email := range []string{"nei@example.com", "ja@example.com"} {
		link := token(t, p.box.letter(t, email, "Confirm your e-mail address"))
		if strings.Contains(p.everything(t), link) {
			t.Error("the token stands in the database")
		}
		for range 2 {
			if _, err := p.Nobody(t).SignUp.ConfirmSignUp(ctx, &identityv1.ConfirmSignUpRequest{Token: link}); err != nil {
				t.Fatal(err)
			}
		}
	}
	list, err := staff.SignUps.ListSignUps(ctx, &backofficev1.ListSignUpsRequest{State: backofficev1.SignUpState_SIGN_UP_STATE_CONFIRMED})
	if err != nil || len(list.SignUps) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	for _, row := range list.SignUps {
		rows[row.Email] = row
	}
	if _, err := staff.SignUps.RefuseSignUp(ctx, &backofficev1.RefuseSignUpRequest{
		OperationId: uuid.NewString(), SignUpId: rows["nei@example.com"].Id, Reason: "Not known there",
	}); err != nil {
		t.Fatal(err)
	}
	approved, err := staff.SignUps.ApproveSignUp(ctx, &backofficev1.ApproveSignUpRequest{
		OperationId: uuid.NewString(), SignUpId: rows["ja@example.com"].Id,
	})
	if err != nil {
		t.Fatal(err)
	}
	if letter := p.box.letter(t, "nei@example.com", "Your sign-up was refused"); !strings.Contains(letter, "Not known there") {
		t.Errorf("the mail says %s", letter)
	}
	if letter := p.box.letter(t, "ja@example.com", "Welcome"); !strings.Contains(letter, approved.SignUp.UserId) {
		t.Errorf("the mail says %s", letter)
	}
	browser := p.stranger(t)
	if me := p.signIn(t, browser, approved.SignUp.UserId, newPassword); me.MustChangePassword || me.Title != "Leder" || !me.HasSecurityQuestions {
		t.Errorf("%v", me)
	}
	if _, err := browser.Portal.ListDevices(ctx, &portalv1.ListDevicesRequest{}); err != nil {
		t.Error(err)
	}
	if found := p.box.letters(t, "galt@example.com", ""); len(found) != 0 {
		t.Errorf("who belongs nowhere got %v", found)
	}
}

func TestEmailChangeByMail(t *testing.T) {
	t.Parallel()
	p := newPeople(t)
	ctx := t.Context()
	p.setEmail(t, "kunde01", "gammel@example.com")
	customer := p.Browser(t, "kunde01")
	me, err := customer.Account.UpdateMe(ctx, &identityv1.UpdateMeRequest{
		OperationId: uuid.NewString(), FirstName: "Demo", LastName: "Kunde", Title: "Leder", Email: "ny@example.com", Language: "nb",
	})
	if err != nil || me.Person.Email != "gammel@example.com" || me.Person.PendingEmail != "ny@example.com" || me.Person.Title != "Leder" {
		t.Fatalf("%v, %v", me, err)
	}
	link := token(t, p.box.letter(t, "ny@example.com", "Bekreft den nye e-postadressen din"))
	if _, err := p.Nobody(t).Account.ConfirmEmail(ctx, &identityv1.ConfirmEmailRequest{Token: link}); err != nil {
		t.Fatal(err)
	}
	p.box.letter(t, "gammel@example.com", "E-postadressen din er endret")
	got, err := customer.Session.GetMe(ctx, &identityv1.GetMeRequest{})
	if err != nil || got.Person.Email != "ny@example.com" || got.Person.PendingEmail != "" {
		t.Errorf("%v, %v", got, err)
	}
}

// TestFromTheOldServiceOverTheWire: the old credentials let a customer in to choose a password, and that activates the
// account.
func TestFromTheOldServiceOverTheWire(t *testing.T) {
	t.Parallel()
	p := newPeople(t)
	hash, err := bcrypt.GenerateFromPassword([]byte("gammelt"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	var account uuid.UUID
	if err := p.DB.NewRaw("SELECT id FROM accounts LIMIT 1").Scan(t.Context(), &account); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Parts.People.EnsurePerson(t.Context(), identity.System(), identity.NewPerson{
		UserID: "Gammel.Kunde", PasswordHash: string(hash), Role: identity.RoleCustomer, AccountID: account, FirstName: "Gammel", LastName: "Eksempel",
	}); err != nil {
		t.Fatal(err)
	}
	browser := p.stranger(t)
	if me := p.signIn(t, browser, "gammel.kunde", "gammelt"); !me.MustChangePassword {
		t.Errorf("%v", me)
	}
	_, err = browser.Portal.ListDevices(t.Context(), &portalv1.ListDevicesRequest{})
	if connect.CodeOf(err) != connect.CodePermissionDenied {
		t.Errorf("before a new password is chosen: %v", err)
	}
	if _, err := browser.Session.ChangePassword(t.Context(), &identityv1.ChangePasswordRequest{CurrentPassword: "gammelt", NewPassword: newPassword}); err != nil {
		t.Fatal(err)
	}
	if _, err := browser.Portal.ListDevices(t.Context(), &portalv1.ListDevicesRequest{}); err != nil {
		t.Error(err)
	}
	var activated bool
	if err := p.DB.NewRaw("SELECT activated_at IS NOT NULL AND password_hash LIKE '$argon2id$%' FROM people WHERE user_id = 'gammel.kunde'").
		Scan(t.Context(), &activated); err != nil || !activated {
		t.Errorf("activated: %v, %v", activated, err)
	}
}
