package rpc

import (
	"context"

	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
)

// Recovery is RecoveryService.
type Recovery struct{ people *identity.Service }

var _ identityv1connect.RecoveryServiceHandler = (*Recovery)(nil)

// NewRecovery serves whoever forgot something.
func NewRecovery(people *identity.Service) *Recovery { return &Recovery{people: people} }

// ListSecurityQuestions gives the catalogue.
func (h *Recovery) ListSecurityQuestions(_ context.Context, req *identityv1.ListSecurityQuestionsRequest) (*identityv1.ListSecurityQuestionsResponse, error) {
	return &identityv1.ListSecurityQuestionsResponse{Questions: questionMessages(identity.Questions(req.GetLanguage()))}, nil
}

// StartRecovery gives the two questions for a user ID.
func (h *Recovery) StartRecovery(ctx context.Context, req *identityv1.StartRecoveryRequest) (*identityv1.StartRecoveryResponse, error) {
	questions, err := h.people.StartRecovery(ctx, req.GetUserId(), req.GetLanguage(), rpc.ClientFrom(ctx).Address)
	if err != nil {
		return nil, err
	}
	return &identityv1.StartRecoveryResponse{Questions: questionMessages(questions[:])}, nil
}

// AnswerRecovery takes the answers.
func (h *Recovery) AnswerRecovery(ctx context.Context, req *identityv1.AnswerRecoveryRequest) (*identityv1.AnswerRecoveryResponse, error) {
	operation, err := parseID("operation_id", req.GetOperationId())
	if err != nil {
		return nil, err
	}
	var answers [2]string
	copy(answers[:], req.GetAnswers())
	if err := h.people.AnswerRecovery(ctx, operation, req.GetUserId(), answers, rpc.ClientFrom(ctx).Address); err != nil {
		return nil, err
	}
	return &identityv1.AnswerRecoveryResponse{}, nil
}

// RemindUserId has user IDs mailed.
func (h *Recovery) RemindUserId(ctx context.Context, req *identityv1.RemindUserIdRequest) (*identityv1.RemindUserIdResponse, error) { //nolint:revive // generated name
	operation, err := parseID("operation_id", req.GetOperationId())
	if err != nil {
		return nil, err
	}
	err = h.people.RemindUserID(ctx, operation, req.GetFirstName(), req.GetLastName(), req.GetEmail(), rpc.ClientFrom(ctx).Address)
	if err != nil {
		return nil, err
	}
	return &identityv1.RemindUserIdResponse{}, nil
}
