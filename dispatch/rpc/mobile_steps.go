package rpc

import (
	"context"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/identity"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// Accept takes the job.
func (m *Mobile) Accept(ctx context.Context, req *mobilev1.AcceptRequest) (*mobilev1.AcceptResponse, error) {
	j, err := m.step(ctx, req, m.service.Accept)
	if err != nil {
		return nil, err
	}
	return &mobilev1.AcceptResponse{Job: j}, nil
}

// Decline gives the job back.
func (m *Mobile) Decline(ctx context.Context, req *mobilev1.DeclineRequest) (*mobilev1.DeclineResponse, error) {
	op, id, err := phoneTarget(req)
	if err != nil {
		return nil, err
	}
	if _, err := m.service.Decline(ctx, identity.Caller(ctx), op, id, req.Reason); err != nil {
		return nil, err
	}
	return &mobilev1.DeclineResponse{}, nil
}

// EnRoute leaves for the job.
func (m *Mobile) EnRoute(ctx context.Context, req *mobilev1.EnRouteRequest) (*mobilev1.EnRouteResponse, error) {
	j, err := m.step(ctx, req, m.service.Depart)
	if err != nil {
		return nil, err
	}
	return &mobilev1.EnRouteResponse{Job: j}, nil
}

// OnSite arrives at the job.
func (m *Mobile) OnSite(ctx context.Context, req *mobilev1.OnSiteRequest) (*mobilev1.OnSiteResponse, error) {
	j, err := m.step(ctx, req, m.service.Arrive)
	if err != nil {
		return nil, err
	}
	return &mobilev1.OnSiteResponse{Job: j}, nil
}

// Complete ends the visit.
func (m *Mobile) Complete(ctx context.Context, req *mobilev1.CompleteRequest) (*mobilev1.CompleteResponse, error) {
	op, id, err := phoneTarget(req)
	if err != nil {
		return nil, err
	}
	d := dispatch.Completion{
		Outcome: outcomes.toDomain[req.Outcome], Text: req.Text, PartsMissing: req.PartsMissing, SignedBy: req.SignedBy,
	}
	for _, p := range req.PartsUsed {
		d.PartsUsed = append(d.PartsUsed, dispatch.PartUsed{PartNumber: p.PartNumber, Quantity: int(p.Quantity)})
	}
	for _, r := range req.Readings {
		d.Readings = append(d.Readings, dispatch.Reading{Counter: r.Counter, Value: r.Value})
	}
	r, err := m.service.Finish(ctx, identity.Caller(ctx), op, id, d)
	if err != nil {
		return nil, err
	}
	return &mobilev1.CompleteResponse{State: State(r.State), Version: r.Version}, nil
}

func (m *Mobile) step(ctx context.Context, req stepRequest,
	take func(context.Context, identity.Actor, dispatch.Operation, uuid.UUID) (*dispatch.Request, error),
) (*mobilev1.Job, error) {
	op, id, err := phoneTarget(req)
	if err != nil {
		return nil, err
	}
	r, err := take(ctx, identity.Caller(ctx), op, id)
	if err != nil {
		return nil, err
	}
	return job(dispatch.OwnJob{Request: r, Allowed: dispatch.Allowed(r.State, identity.RoleTechnician)}), nil
}

// stepRequest is what all steps have.
type stepRequest interface {
	GetOperation() *mobilev1.Operation
	GetRequestId() string
	GetVisitId() string
}

func phoneTarget(req stepRequest) (dispatch.Operation, uuid.UUID, error) {
	op, err := phoneOperation(req.GetOperation())
	if err != nil {
		return op, uuid.Nil, err
	}
	if op.Visit, err = ID("visit_id", req.GetVisitId()); err != nil {
		return op, uuid.Nil, err
	}
	id, err := ID("request_id", req.GetRequestId())
	return op, id, err
}

func phoneOperation(o *mobilev1.Operation) (dispatch.Operation, error) {
	op, err := operation(o.GetId())
	if err != nil {
		return op, err
	}
	if op.PhoneAt, err = TimeOf("operation.phone_time", o.GetPhoneTime()); err != nil {
		return op, err
	}
	op.SentAt, err = TimeOf("operation.sent_phone_time", o.GetSentPhoneTime())
	return op, err
}
