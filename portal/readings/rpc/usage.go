package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/portal/readings"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

func scopeOf(in *portalv1.UsageScope) (scope readings.Scope, err error) {
	if scope.DeviceID, err = dispatchrpc.ID("scope.device_id", in.GetDeviceId()); err != nil {
		return scope, err
	}
	if scope.SiteID, err = dispatchrpc.ID("scope.site_id", in.GetSiteId()); err != nil {
		return scope, err
	}
	if in.GetFirstMonth() != "" {
		if scope.First, err = readings.ParseMonth(in.GetFirstMonth()); err != nil {
			return scope, err
		}
	}
	scope.Months = int(in.GetMonths())
	return scope, nil
}

// GetUsage tells pages a month.
func (h *Handler) GetUsage(ctx context.Context, req *portalv1.GetUsageRequest) (*portalv1.GetUsageResponse, error) {
	scope, err := scopeOf(req.Scope)
	if err != nil {
		return nil, err
	}
	u, err := h.meters.Usage(ctx, identity.Caller(ctx), scope)
	if err != nil {
		return nil, err
	}
	res := &portalv1.GetUsageResponse{Counters: counters(u.Counters), Devices: int32(u.Devices), DevicesUnknown: int32(u.Unknown)}
	if !u.Until.IsZero() {
		res.Until = timestamppb.New(u.Until)
	}
	for _, m := range u.Months {
		month := &portalv1.UsageMonth{
			Month: m.Month.String(), Estimated: m.Estimated, DevicesWhole: int32(m.Whole), DevicesPart: int32(m.Part),
		}
		for _, name := range m.Of.Names() {
			month.Pages = append(month.Pages, &portalv1.CounterPages{Counter: counter(name), Pages: m.Of[name]})
		}
		res.Months = append(res.Months, month)
	}
	return res, nil
}

// ExportUsage gives it as a file.
func (h *Handler) ExportUsage(ctx context.Context, req *portalv1.ExportUsageRequest) (*portalv1.ExportUsageResponse, error) {
	scope, err := scopeOf(req.Scope)
	if err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	actor.Language = rpc.Language(ctx) // of the page that it is downloaded from
	name, content, err := h.meters.UsageFile(ctx, actor, scope)
	if err != nil {
		return nil, err
	}
	return &portalv1.ExportUsageResponse{FileName: name, Content: content}, nil
}
