package rpc

import (
	"errors"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	"utsendt/internal/identity"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
)

// TestSignInRefusalsAreOne: over the wire too a refusal says nothing about whom it is about, to the last byte.
func TestSignInRefusalsAreOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, userID := range []string{"kjent", "slutt"} {
		person, err := w.people.CreatePerson(t.Context(), identity.System(), identity.NewPerson{
			UserID: userID, Password: oldPassword, Role: identity.RoleAdmin,
		})
		if err != nil {
			t.Fatal(err)
		}
		if userID == "slutt" {
			if err := w.people.Disable(t.Context(), identity.System(), person.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	sessions, _ := w.browser(t, "")
	refuse := func(userID, password string) *connect.Error {
		_, err := sessions.SignIn(t.Context(), &identityv1.SignInRequest{UserId: userID, Password: password})
		var coded *connect.Error
		if !errors.As(err, &coded) || len(coded.Details()) != 1 {
			t.Fatalf("%s: %v", userID, err)
		}
		return coded
	}
	want := refuse("ingen", "wrong")
	for userID, password := range map[string]string{"kjent": "wrong", "slutt": oldPassword, "KJENT": oldPassword + "x"} {
		got := refuse(userID, password)
		a, errA := got.Details()[0].Value()
		b, errB := want.Details()[0].Value()
		if got.Code() != want.Code() || got.Message() != want.Message() || errA != nil || errB != nil || !proto.Equal(a, b) {
			t.Errorf("%s: %v with %v, for nobody %v with %v", userID, got, a, want, b)
		}
	}
}

// TestQuestionMessages: the catalogue over the wire, and two answers whatever came.
func TestQuestionMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	res, err := NewRecovery(w.people).ListSecurityQuestions(t.Context(), &identityv1.ListSecurityQuestionsRequest{Language: "nb"})
	if err != nil || len(res.GetQuestions()) != len(identity.Questions("nb")) || res.GetQuestions()[0].GetText() == "" {
		t.Errorf("%v, %v", res, err)
	}
	if got := answersOf([]*identityv1.SecurityAnswer{{QuestionId: "a", Answer: "b"}}); got != [2]identity.Answer{{Question: "a", Answer: "b"}} {
		t.Errorf("%v", got)
	}
}
