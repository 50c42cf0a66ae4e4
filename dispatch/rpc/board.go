package rpc

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	"utsendt/internal/identity"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	"utsendt/proto/gen/utsendt/dispatch/v1/dispatchv1connect"
)

// Opener opens a request for a device that a caller named by serial number: package portal knows the devices.
type Opener func(ctx context.Context, actor identity.Actor, op dispatch.Operation, serialNumber string, n dispatch.NewRequest) (*dispatch.Request, error)

// Board is DispatchService.
type Board struct {
	service *dispatch.Service
	open    Opener
	visits  *Visits
}

type timestamp = *timestamppb.Timestamp

var _ dispatchv1connect.DispatchServiceHandler = (*Board)(nil)

// NewBoard serves dispatchers.
func NewBoard(service *dispatch.Service, open Opener, visits *Visits) *Board {
	return &Board{service: service, open: open, visits: visits}
}

func operation(id string) (dispatch.Operation, error) {
	parsed, err := ID("operation_id", id)
	return dispatch.Operation{ID: parsed}, err
}

// pageSize is what the client asked for, or usual when it did not.
func pageSize(asked int32, usual int) int {
	if asked == 0 {
		return usual
	}
	return int(asked)
}

// ListRequests is the queue and the search.
func (b *Board) ListRequests(ctx context.Context, req *dispatchv1.ListRequestsRequest) (*dispatchv1.ListRequestsResponse, error) {
	f := dispatch.Filter{Query: req.Query}
	for _, s := range req.States {
		f.States = append(f.States, states.toDomain[s])
	}
	var err error
	if f.Technician, err = ID("technician_id", req.TechnicianId); err != nil {
		return nil, err
	}
	if f.Account, err = ID("account_id", req.AccountId); err != nil {
		return nil, err
	}
	if f.DueBefore, err = TimeOf("due_before", req.DueBefore); err != nil {
		return nil, err
	}
	list, err := b.service.List(ctx, identity.Caller(ctx), f, dispatch.Page{Size: pageSize(req.PageSize, 50), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	return &dispatchv1.ListRequestsResponse{
		Requests: requests(list.Requests), NextPageToken: list.Next, Total: int64(list.Total),
	}, nil
}

// GetRequest is one request with its history.
func (b *Board) GetRequest(ctx context.Context, req *dispatchv1.GetRequestRequest) (*dispatchv1.GetRequestResponse, error) {
	d, err := b.service.Get(ctx, identity.Caller(ctx), req.Id)
	if err != nil {
		return nil, err
	}
	res := &dispatchv1.GetRequestResponse{
		Request: request(d.Request), Activities: activities(d.Activities), Allowed: events(d.Allowed),
	}
	for _, v := range d.Visits {
		res.Visits = append(res.Visits, visit(v))
	}
	return res, nil
}

// ListVisits lists the visits to a request with what was done.
func (b *Board) ListVisits(ctx context.Context, req *dispatchv1.ListVisitsRequest) (*dispatchv1.ListVisitsResponse, error) {
	id, err := ID("request_id", req.RequestId)
	if err != nil {
		return nil, err
	}
	list, err := b.service.VisitReports(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	reports, err := b.visits.reports(ctx, list)
	if err != nil {
		return nil, err
	}
	return &dispatchv1.ListVisitsResponse{Visits: reports}, nil
}

// OpenRequest opens a request for a customer who called.
func (b *Board) OpenRequest(ctx context.Context, req *dispatchv1.OpenRequestRequest) (*dispatchv1.OpenRequestResponse, error) {
	op, err := operation(req.OperationId)
	if err != nil {
		return nil, err
	}
	resolveBy, err := TimeOf("resolve_by", req.ResolveBy)
	if err != nil {
		return nil, err
	}
	account, err := orNone("account_id", req.AccountId)
	if err != nil {
		return nil, err
	}
	r, err := b.open(ctx, identity.Caller(ctx), op, req.SerialNumber, dispatch.NewRequest{
		AccountID: account, Category: CategoryOf(req.Category), Description: req.Description, Priority: priorities.toDomain[req.Priority],
		Contact: contactOf(req.Contact), Parts: req.Parts, ResolveBy: resolveBy,
	})
	if err != nil {
		return nil, err
	}
	return &dispatchv1.OpenRequestResponse{Request: request(r)}, nil
}

// orNone reads an id that may be left out.
func orNone(field, id string) (uuid.UUID, error) {
	if id == "" {
		return uuid.Nil, nil
	}
	return ID(field, id)
}

// ListCandidates says who could go.
func (b *Board) ListCandidates(ctx context.Context, req *dispatchv1.ListCandidatesRequest) (*dispatchv1.ListCandidatesResponse, error) {
	id, err := ID("request_id", req.RequestId)
	if err != nil {
		return nil, err
	}
	found, err := b.service.Candidates(ctx, identity.Caller(ctx), id, pageSize(req.Limit, 10))
	if err != nil {
		return nil, err
	}
	res := &dispatchv1.ListCandidatesResponse{}
	for i := range found {
		res.Candidates = append(res.Candidates, candidate(&found[i], b.service.Now()))
	}
	return res, nil
}

// Assign gives a request to a technician.
func (b *Board) Assign(ctx context.Context, req *dispatchv1.AssignRequest) (*dispatchv1.AssignResponse, error) {
	op, a, err := assignment(req.OperationId, req.RequestId, req.TechnicianId, req.ExpectedVersion, req.NotBefore)
	if err != nil {
		return nil, err
	}
	a.OverrideQualification = req.OverrideQualification
	r, err := b.service.Assign(ctx, identity.Caller(ctx), op, a)
	if err != nil {
		return nil, err
	}
	return &dispatchv1.AssignResponse{Request: request(r)}, nil
}

// Reassign gives it to another.
func (b *Board) Reassign(ctx context.Context, req *dispatchv1.ReassignRequest) (*dispatchv1.ReassignResponse, error) {
	op, a, err := assignment(req.OperationId, req.RequestId, req.TechnicianId, req.ExpectedVersion, req.NotBefore)
	if err != nil {
		return nil, err
	}
	a.OverrideQualification, a.Reason = req.OverrideQualification, req.Reason
	r, err := b.service.Reassign(ctx, identity.Caller(ctx), op, a)
	if err != nil {
		return nil, err
	}
	return &dispatchv1.ReassignResponse{Request: request(r)}, nil
}

func assignment(opID, requestID, technicianID string, version int64, notBefore timestamp) (dispatch.Operation, dispatch.Assignment, error) {
	op, err := operation(opID)
	if err != nil {
		return op, dispatch.Assignment{}, err
	}
	a := dispatch.Assignment{Version: version}
	if a.Request, err = ID("request_id", requestID); err != nil {
		return op, a, err
	}
	if a.Technician, err = ID("technician_id", technicianID); err != nil {
		return op, a, err
	}
	a.NotBefore, err = TimeOf("not_before", notBefore)
	return op, a, err
}

// AutoAssign gives it to the best candidate.
func (b *Board) AutoAssign(ctx context.Context, req *dispatchv1.AutoAssignRequest) (*dispatchv1.AutoAssignResponse, error) {
	op, id, err := target(req.OperationId, req.RequestId)
	if err != nil {
		return nil, err
	}
	r, c, err := b.service.AutoAssign(ctx, identity.Caller(ctx), op, id, req.ExpectedVersion)
	if err != nil {
		return nil, err
	}
	return &dispatchv1.AutoAssignResponse{Request: request(r), Candidate: candidate(c, b.service.Now())}, nil
}

func target(opID, requestID string) (dispatch.Operation, uuid.UUID, error) {
	op, err := operation(opID)
	if err != nil {
		return op, uuid.Nil, err
	}
	id, err := ID("request_id", requestID)
	return op, id, err
}

// Recall takes it back.
func (b *Board) Recall(ctx context.Context, req *dispatchv1.RecallRequest) (*dispatchv1.RecallResponse, error) {
	op, id, err := target(req.OperationId, req.RequestId)
	if err != nil {
		return nil, err
	}
	r, err := b.service.Recall(ctx, identity.Caller(ctx), op, id, req.ExpectedVersion, req.Reason)
	if err != nil {
		return nil, err
	}
	return &dispatchv1.RecallResponse{Request: request(r)}, nil
}

// Cancel ends it without a repair.
func (b *Board) Cancel(ctx context.Context, req *dispatchv1.CancelRequest) (*dispatchv1.CancelResponse, error) {
	op, id, err := target(req.OperationId, req.RequestId)
	if err != nil {
		return nil, err
	}
	r, err := b.service.Cancel(ctx, identity.Caller(ctx), op, id, req.ExpectedVersion, req.Reason)
	if err != nil {
		return nil, err
	}
	return &dispatchv1.CancelResponse{Request: request(r)}, nil
}

// Schedule sets or clears the agreed window.
func (b *Board) Schedule(ctx context.Context, req *dispatchv1.ScheduleRequest) (*dispatchv1.ScheduleResponse, error) {
	op, id, err := target(req.OperationId, req.RequestId)
	if err != nil {
		return nil, err
	}
	window, err := WindowOf("window", req.Window)
	if err != nil {
		return nil, err
	}
	r, err := b.service.AgreeWindow(ctx, identity.Caller(ctx), op, id, req.ExpectedVersion, window)
	if err != nil {
		return nil, err
	}
	return &dispatchv1.ScheduleResponse{Request: request(r)}, nil
}

// AddNote adds a line for staff.
func (b *Board) AddNote(ctx context.Context, req *dispatchv1.AddNoteRequest) (*dispatchv1.AddNoteResponse, error) {
	op, id, err := target(req.OperationId, req.RequestId)
	if err != nil {
		return nil, err
	}
	r, err := b.service.AddNote(ctx, identity.Caller(ctx), op, id, req.Text)
	if err != nil {
		return nil, err
	}
	return &dispatchv1.AddNoteResponse{Request: request(r)}, nil
}

// ListTechnicians lists them by number.
func (b *Board) ListTechnicians(ctx context.Context, req *dispatchv1.ListTechniciansRequest) (*dispatchv1.ListTechniciansResponse, error) {
	seen, next, err := b.service.Technicians(ctx, identity.Caller(ctx), req.OnDutyOnly, req.Query,
		dispatch.Page{Size: pageSize(req.PageSize, 100), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	res := &dispatchv1.ListTechniciansResponse{NextPageToken: next}
	for i := range seen {
		res.Technicians = append(res.Technicians, technician(&seen[i], b.service.Now()))
	}
	return res, nil
}
