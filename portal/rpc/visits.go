package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Visits is VisitService.
type Visits struct {
	requests *portal.Requests
	visits   *dispatchrpc.Visits
}

var _ portalv1connect.VisitServiceHandler = (*Visits)(nil)

// NewVisits serves what technicians did.
func NewVisits(requests *portal.Requests, visits *dispatchrpc.Visits) *Visits {
	return &Visits{requests, visits}
}

// ListVisits lists the visits to a request.
func (h *Visits) ListVisits(ctx context.Context, req *portalv1.ListVisitsRequest) (*portalv1.ListVisitsResponse, error) {
	id, err := dispatchrpc.ID("request_id", req.RequestId)
	if err != nil {
		return nil, err
	}
	list, err := h.requests.Visits(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	work, err := h.visits.Of(ctx, list)
	if err != nil {
		return nil, err
	}
	res := &portalv1.ListVisitsResponse{}
	for i, v := range list {
		report := &portalv1.VisitReport{
			Id: v.ID.String(), TechnicianFirstName: v.TechnicianFirstName, EndedAt: dispatchrpc.Time(v.EndedAt), Result: visitResults[v.Outcome],
			Text: v.Text, PartsUsed: work[i].Parts, Readings: work[i].Readings, SignedBy: v.SignedBy, Files: work[i].Files,
		}
		if v.OnSiteAt != nil {
			report.OnSiteAt = timestamppb.New(*v.OnSiteAt)
		}
		res.Visits = append(res.Visits, report)
	}
	return res, nil
}

var visitResults = map[string]portalv1.VisitResult{
	"":                            portalv1.VisitResult_VISIT_RESULT_UNDER_WAY,
	string(dispatch.Solved):       portalv1.VisitResult_VISIT_RESULT_SOLVED,
	string(dispatch.Workaround):   portalv1.VisitResult_VISIT_RESULT_WORKAROUND,
	string(dispatch.NoFaultFound): portalv1.VisitResult_VISIT_RESULT_NO_FAULT_FOUND,
	string(dispatch.PartMissing):  portalv1.VisitResult_VISIT_RESULT_PART_MISSING,
	string(dispatch.NoAccess):     portalv1.VisitResult_VISIT_RESULT_NO_ACCESS,
	string(dispatch.AnotherVisit): portalv1.VisitResult_VISIT_RESULT_SECOND_VISIT,
}
