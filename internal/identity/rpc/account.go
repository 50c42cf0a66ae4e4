package rpc

import (
	"context"

	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
)

// Account is AccountService.
type Account struct{ people *identity.Service }

var _ identityv1connect.AccountServiceHandler = (*Account)(nil)

// NewAccount serves what people edit about themselves.
func NewAccount(people *identity.Service) *Account { return &Account{people: people} }

// UpdateMe stores what the person says of themselves.
func (h *Account) UpdateMe(ctx context.Context, req *identityv1.UpdateMeRequest) (*identityv1.UpdateMeResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	operation, err := parseID("operation_id", req.GetOperationId())
	if err != nil {
		return nil, err
	}
	err = h.people.UpdateMe(ctx, actor, operation, identity.Me{
		FirstName: req.GetFirstName(), LastName: req.GetLastName(), Title: req.GetTitle(), Phone: req.GetPhone(),
		Email: req.GetEmail(), Language: req.GetLanguage(),
	})
	if err != nil {
		return nil, err
	}
	me, err := mine(ctx, h.people, actor)
	if err != nil {
		return nil, err
	}
	return &identityv1.UpdateMeResponse{Person: me}, nil
}

// ConfirmEmail takes the token of a link.
func (h *Account) ConfirmEmail(ctx context.Context, req *identityv1.ConfirmEmailRequest) (*identityv1.ConfirmEmailResponse, error) {
	if err := h.people.ConfirmEmail(ctx, req.GetToken(), rpc.ClientFrom(ctx).Address); err != nil {
		return nil, err
	}
	return &identityv1.ConfirmEmailResponse{}, nil
}

// SetSecurityQuestions stores the person's two questions.
func (h *Account) SetSecurityQuestions(ctx context.Context, req *identityv1.SetSecurityQuestionsRequest) (*identityv1.SetSecurityQuestionsResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	operation, err := parseID("operation_id", req.GetOperationId())
	if err != nil {
		return nil, err
	}
	err = h.people.SetSecurityQuestions(ctx, actor, operation, req.GetCurrentPassword(), answersOf(req.GetAnswers()))
	if err != nil {
		return nil, err
	}
	me, err := mine(ctx, h.people, actor)
	if err != nil {
		return nil, err
	}
	return &identityv1.SetSecurityQuestionsResponse{Person: me}, nil
}
