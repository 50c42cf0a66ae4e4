package server_test

import (
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/demo"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
)

// signedUp makes a sign-up that waits for staff.
func (w *world) signedUp(t *testing.T, email string) string {
	t.Helper()
	id := uuid.NewString()
	if _, err := w.DB.NewRaw(`INSERT INTO sign_ups (id, state, account_number, postal_code, account_id, first_name, last_name, title, email,
			phone, language, password_hash, question1, answer1_hash, question2, answer2_hash, created_at, expires_at, confirmed_at)
		SELECT ?, 'confirmed', number, '0150', id, 'Ny', 'Eksempel', '', ?, '', 'nb', hash, 'first_pet', hash, 'first_teacher', hash, now(), now(), now()
		FROM accounts, (SELECT password_hash AS hash FROM people WHERE user_id = 'kunde01') p ORDER BY number LIMIT 1`, id, email).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	return id
}

// accountAgain sends every change of accounts twelve times.
func (w *world) accountAgain(t *testing.T, r *repeater) {
	t.Helper()
	me, id := w.customer, uuid.NewString
	again(t, r, simple(t, me.Account.UpdateMe), &identityv1.UpdateMeRequest{
		OperationId: id(), FirstName: "Demo", LastName: "Eksempel", Title: "Leder", Language: "nb", Email: "ny@example.com",
	})
	again(t, r, simple(t, me.Account.SetSecurityQuestions), &identityv1.SetSecurityQuestionsRequest{
		OperationId: id(), CurrentPassword: demo.Password, Answers: twoAnswers,
	})
	again(t, r, simple(t, me.Recovery.AnswerRecovery), &identityv1.AnswerRecoveryRequest{OperationId: id(), UserId: "ingen", Answers: []string{"x", "y"}})
	again(t, r, simple(t, me.Recovery.RemindUserId), &identityv1.RemindUserIdRequest{
		OperationId: id(), FirstName: "Ingen", LastName: "Eksempel", Email: "ingen@example.com",
	})
	again(t, r, simple(t, me.SignUp.SignUp), &identityv1.SignUpRequest{
		OperationId: id(), AccountNumber: "K-0", PostalCode: "0000", FirstName: "Ingen", LastName: "Eksempel", Email: "ingen2@example.com",
		Language: "nb", Password: newPassword, Answers: twoAnswers,
	})
	key := &passkey{}
	added := again(t, r, simple(t, me.Passkeys.FinishRegistration), key.finish(t, me)).Passkey.Id
	again(t, r, simple(t, me.Passkeys.RenamePasskey), &identityv1.RenamePasskeyRequest{OperationId: id(), PasskeyId: added, Name: "y"})
	again(t, r, simple(t, me.Passkeys.RemovePasskey), &identityv1.RemovePasskeyRequest{OperationId: id(), PasskeyId: added})
	again(t, r, simple(t, w.dispatcher.SignUps.ApproveSignUp), &backofficev1.ApproveSignUpRequest{
		OperationId: id(), SignUpId: w.signedUp(t, "a@example.com"),
	})
	again(t, r, simple(t, w.dispatcher.SignUps.RefuseSignUp), &backofficev1.RefuseSignUpRequest{
		OperationId: id(), SignUpId: w.signedUp(t, "b@example.com"), Reason: "x",
	})
}
