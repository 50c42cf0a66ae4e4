package rpc

import (
	"context"
	"strconv"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/fault/wording"
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// ListOperations tells what became of operations: those that are asked for, or a page of all.
func (m *Mobile) ListOperations(ctx context.Context, req *mobilev1.ListOperationsRequest) (*mobilev1.ListOperationsResponse, error) {
	ids := make([]uuid.UUID, len(req.Ids))
	for i, asked := range req.Ids {
		var err error
		if ids[i], err = ID("ids["+strconv.Itoa(i)+"]", asked); err != nil {
			return nil, err
		}
	}
	actor := identity.Caller(ctx)
	fates, next, err := m.fates(ctx, actor, ids, dispatch.Page{Size: pageSize(req.PageSize, 50), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	language := wording.Choose(rpc.ClientFrom(ctx).Languages, actor.Language)
	res := &mobilev1.ListOperationsResponse{Fates: make([]*mobilev1.OperationFate, len(fates)), NextPageToken: next}
	for i, f := range fates {
		res.Fates[i] = fate(f, language)
	}
	return res, nil
}

func (m *Mobile) fates(ctx context.Context, actor identity.Actor, ids []uuid.UUID, page dispatch.Page) ([]dispatch.Fate, string, error) {
	if len(ids) == 0 {
		return m.service.AllFates(ctx, actor, page)
	}
	if page.Token != "" {
		return nil, "", fault.NewInvalid("page_token", "page_token_invalid", "The page token is not one of ours.")
	}
	fates, err := m.service.Fates(ctx, actor, ids)
	return fates, "", err
}

func fate(f dispatch.Fate, language string) *mobilev1.OperationFate {
	out := &mobilev1.OperationFate{Id: f.ID.String(), State: mobilev1.OperationState_OPERATION_STATE_UNKNOWN}
	if !f.Known {
		return out
	}
	out.State, out.Kind, out.TakenAt = mobilev1.OperationState_OPERATION_STATE_TOOK_EFFECT, f.Kind, timestamppb.New(f.At)
	out.OnDuty = f.OnDuty
	if f.Request != uuid.Nil {
		id := f.Request.String()
		out.RequestId, out.RequestState, out.Number, out.AccountName = &id, stateOrNil(f.State), f.Number, f.AccountName
	}
	if f.Refusal != nil {
		out.State = mobilev1.OperationState_OPERATION_STATE_REFUSED
		out.Refusal = &faultv1.Fault{
			Reason: f.Refusal.Reason, Field: f.Refusal.Field, Params: f.Refusal.Params, Text: wording.Text(f.Refusal, language),
		}
	}
	return out
}
