package rpc

import (
	"context"

	"utsendt/dispatch"
	"utsendt/internal/identity"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

// ListEndedVisits lists what has ended since a time.
func (b *Board) ListEndedVisits(ctx context.Context, req *dispatchv1.ListEndedVisitsRequest) (*dispatchv1.ListEndedVisitsResponse, error) {
	since, err := TimeOf("since", req.Since)
	if err != nil {
		return nil, err
	}
	technician, err := ID("technician_id", req.TechnicianId)
	if err != nil {
		return nil, err
	}
	list, next, err := b.service.EndedVisits(ctx, identity.Caller(ctx), *since, technician, dispatch.Page{Size: pageSize(req.PageSize, 100), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	res := &dispatchv1.ListEndedVisitsResponse{NextPageToken: next}
	for _, v := range list {
		res.Visits = append(res.Visits, &dispatchv1.EndedVisit{
			Visit: visit(&v.Visit), RequestId: v.RequestID.String(), RequestNumber: v.RequestNumber, RequestState: State(v.RequestState),
			AccountName: v.AccountName, City: v.City, TimeZone: v.TimeZone,
		})
	}
	return res, nil
}
