package rpc

import (
	"context"
	"time"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal/readings"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

func correct(ctx context.Context, meters *readings.Service, req correcting, at *time.Time) (*portalv1.ReadingResult, error) {
	op, err := dispatchrpc.ID("operation_id", req.GetOperationId())
	if err != nil {
		return nil, err
	}
	c := readings.Correction{Reason: req.GetReason(), Confirm: req.GetConfirm()}
	if at != nil {
		c.TakenAt = *at
	}
	if c.ReadingID, err = dispatchrpc.ID("reading_id", req.GetReadingId()); err != nil {
		return nil, err
	}
	if c.Counters, err = valuesOf("counters", req.GetCounters()); err != nil {
		return nil, err
	}
	r, err := meters.Correct(ctx, identity.Caller(ctx), op, c)
	if err != nil {
		return nil, err
	}
	return result(ctx, r), nil
}
