package rpc

import (
	"context"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
)

// SignUp is SignUpService, for whoever wants to become a customer's user.
type SignUp struct{ people *identity.Service }

var _ identityv1connect.SignUpServiceHandler = (*SignUp)(nil)

// NewSignUp serves whoever signs up.
func NewSignUp(people *identity.Service) *SignUp { return &SignUp{people: people} }

// SignUp takes a sign-up.
func (h *SignUp) SignUp(ctx context.Context, req *identityv1.SignUpRequest) (*identityv1.SignUpResponse, error) {
	operation, err := parseID("operation_id", req.GetOperationId())
	if err != nil {
		return nil, err
	}
	err = h.people.SignUp(ctx, operation, identity.NewSignUp{
		AccountNumber: req.GetAccountNumber(), PostalCode: req.GetPostalCode(),
		FirstName: req.GetFirstName(), LastName: req.GetLastName(), Title: req.GetTitle(),
		Email: req.GetEmail(), Phone: req.GetPhone(), Language: req.GetLanguage(),
		Password: req.GetPassword(), Answers: answersOf(req.GetAnswers()),
	}, rpc.ClientFrom(ctx).Address)
	if err != nil {
		return nil, err
	}
	return &identityv1.SignUpResponse{}, nil
}

// ConfirmSignUp takes the token of the link.
func (h *SignUp) ConfirmSignUp(ctx context.Context, req *identityv1.ConfirmSignUpRequest) (*identityv1.ConfirmSignUpResponse, error) {
	if err := h.people.ConfirmSignUp(ctx, req.GetToken()); err != nil {
		return nil, err
	}
	return &identityv1.ConfirmSignUpResponse{}, nil
}

// SignUps is the staff's SignUpService.
type SignUps struct{ people *identity.Service }

var _ backofficev1connect.SignUpServiceHandler = (*SignUps)(nil)

// NewSignUps serves the staff who decide on sign-ups.
func NewSignUps(people *identity.Service) *SignUps { return &SignUps{people: people} }

var signUpStates = map[identity.SignUpState]backofficev1.SignUpState{
	"":                       backofficev1.SignUpState_SIGN_UP_STATE_UNSPECIFIED,
	identity.SignUpConfirmed: backofficev1.SignUpState_SIGN_UP_STATE_CONFIRMED,
	identity.SignUpApproved:  backofficev1.SignUpState_SIGN_UP_STATE_APPROVED,
	identity.SignUpRefused:   backofficev1.SignUpState_SIGN_UP_STATE_REFUSED,
}

// ListSignUps gives a page of sign-ups.
func (h *SignUps) ListSignUps(ctx context.Context, req *backofficev1.ListSignUpsRequest) (*backofficev1.ListSignUpsResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	var state identity.SignUpState
	for of, is := range signUpStates {
		if is == req.GetState() {
			state = of
		}
	}
	page, err := h.people.ListSignUps(ctx, actor, state, int(req.GetPageSize()), req.GetPageToken())
	if err != nil {
		return nil, err
	}
	res := &backofficev1.ListSignUpsResponse{NextPageToken: page.Next}
	for _, row := range page.SignUps {
		res.SignUps = append(res.SignUps, signUpMessage(row))
	}
	return res, nil
}

// ApproveSignUp makes the person.
func (h *SignUps) ApproveSignUp(ctx context.Context, req *backofficev1.ApproveSignUpRequest) (*backofficev1.ApproveSignUpResponse, error) {
	actor, operation, id, err := decision(ctx, req.GetOperationId(), req.GetSignUpId())
	if err != nil {
		return nil, err
	}
	row, err := h.people.ApproveSignUp(ctx, actor, operation, id)
	if err != nil {
		return nil, err
	}
	return &backofficev1.ApproveSignUpResponse{SignUp: signUpMessage(row)}, nil
}

// RefuseSignUp turns a sign-up down.
func (h *SignUps) RefuseSignUp(ctx context.Context, req *backofficev1.RefuseSignUpRequest) (*backofficev1.RefuseSignUpResponse, error) {
	actor, operation, id, err := decision(ctx, req.GetOperationId(), req.GetSignUpId())
	if err != nil {
		return nil, err
	}
	row, err := h.people.RefuseSignUp(ctx, actor, operation, id, req.GetReason())
	if err != nil {
		return nil, err
	}
	return &backofficev1.RefuseSignUpResponse{SignUp: signUpMessage(row)}, nil
}

func decision(ctx context.Context, operationText, idText string) (actor identity.Actor, operation, id uuid.UUID, err error) {
	if actor, err = signedIn(ctx); err != nil {
		return actor, operation, id, err
	}
	if operation, err = parseID("operation_id", operationText); err != nil {
		return actor, operation, id, err
	}
	id, err = parseID("sign_up_id", idText)
	return actor, operation, id, err
}

func signUpMessage(row identity.SignUp) *backofficev1.SignUp {
	m := &backofficev1.SignUp{
		Id: row.ID.String(), State: signUpStates[row.State], AccountNumber: row.AccountNumber, AccountName: row.AccountName,
		PostalCode: row.PostalCode, FirstName: row.FirstName, LastName: row.LastName, Title: row.Title, Email: row.Email,
		Phone: row.Phone, Language: row.Language, CreatedAt: timestamp(row.CreatedAt), ConfirmedAt: timestampIf(row.ConfirmedAt),
		DecidedAt: timestampIf(row.DecidedAt), Reason: row.Reason, UserId: row.UserID,
	}
	if row.PersonID != uuid.Nil {
		m.PersonId = row.PersonID.String()
	}
	return m
}
