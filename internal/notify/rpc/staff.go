package rpc

import (
	"context"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/notify"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
)

// Staff is MessageService.
type Staff struct{ notifications *notify.Service }

var _ backofficev1connect.MessageServiceHandler = (*Staff)(nil)

// NewStaff serves the ledger of messages.
func NewStaff(notifications *notify.Service) *Staff { return &Staff{notifications} }

// ListMessages gives what was sent to anybody.
func (h *Staff) ListMessages(ctx context.Context, req *backofficev1.ListMessagesRequest) (*backofficev1.ListMessagesResponse, error) {
	// What is no id was refused before; an empty one is none.
	subject, _ := uuid.Parse(req.GetSubjectId())
	person, _ := uuid.Parse(req.GetPersonId())
	page, next, err := h.notifications.ListMessages(ctx, identity.Caller(ctx),
		notify.About{SubjectKind: req.GetSubjectKind(), Subject: subject, Person: person},
		int(req.GetPageSize()), req.GetPageToken())
	if err != nil {
		return nil, err
	}
	res := &backofficev1.ListMessagesResponse{NextPageToken: next}
	for _, n := range page {
		res.Messages = append(res.Messages, staffMessage(n))
	}
	return res, nil
}
