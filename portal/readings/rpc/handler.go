package rpc

import (
	"context"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal/readings"
	"utsendt/portal/readings/bulk"
	"utsendt/portal/readings/reminder"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Handler is ReadingService.
type Handler struct {
	meters *readings.Service
	files  *bulk.Service
	links  *reminder.Service
}

var _ portalv1connect.ReadingServiceHandler = (*Handler)(nil)

// NewHandler serves customers.
func NewHandler(meters *readings.Service, files *bulk.Service, links *reminder.Service) *Handler {
	return &Handler{meters: meters, files: files, links: links}
}

// ListMeters lists devices and their counters.
func (h *Handler) ListMeters(ctx context.Context, req *portalv1.ListMetersRequest) (*portalv1.ListMetersResponse, error) {
	found, next, err := h.meters.Meters(ctx, identity.Caller(ctx), readings.MeterQuery{
		Text: req.Query, DueOnly: req.DueOnly, Page: readings.Page{Size: int(req.PageSize), Token: req.PageToken},
	})
	if err != nil {
		return nil, err
	}
	on, err := h.meters.BulkReadings(ctx, identity.Caller(ctx))
	if err != nil {
		return nil, err
	}
	res := &portalv1.ListMetersResponse{NextPageToken: next, BulkReadings: on}
	for _, m := range found {
		res.Meters = append(res.Meters, &portalv1.Meter{
			DeviceId: m.DeviceID.String(), SerialNumber: m.SerialNumber, FriendlyName: m.FriendlyName, Model: m.Model,
			SiteId: m.SiteID.String(), SiteName: m.SiteName, TimeZone: m.TimeZone, Counters: counters(m.Counters), LastReading: reading(ctx, m.Last),
			DuePeriod: m.DuePeriod, Reminders: m.Reminders,
		})
	}
	return res, nil
}

// SubmitReadings takes readings in.
func (h *Handler) SubmitReadings(ctx context.Context, req *portalv1.SubmitReadingsRequest) (*portalv1.SubmitReadingsResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	entries, err := entriesOf(req.Entries)
	if err != nil {
		return nil, err
	}
	all, err := h.meters.Submit(ctx, identity.Caller(ctx), op, entries)
	if err != nil {
		return nil, err
	}
	return &portalv1.SubmitReadingsResponse{Results: results(ctx, all)}, nil
}

// correcting is what both services' requests to correct have.
type correcting interface {
	GetOperationId() string
	GetReadingId() string
	GetCounters() []*portalv1.CounterValue
	GetReason() string
	GetConfirm() bool
}

// CorrectReading corrects a reading.
func (h *Handler) CorrectReading(ctx context.Context, req *portalv1.CorrectReadingRequest) (*portalv1.CorrectReadingResponse, error) {
	at, err := dispatchrpc.TimeOf("taken_at", req.TakenAt)
	if err != nil {
		return nil, err
	}
	r, err := correct(ctx, h.meters, req, at)
	if err != nil {
		return nil, err
	}
	return &portalv1.CorrectReadingResponse{Result: r}, nil
}

// ListReadings lists a device's readings.
func (h *Handler) ListReadings(ctx context.Context, req *portalv1.ListReadingsRequest) (*portalv1.ListReadingsResponse, error) {
	device, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	all, next, err := h.meters.History(ctx, identity.Caller(ctx), device, readings.Page{Size: int(req.PageSize), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	return &portalv1.ListReadingsResponse{Readings: history(ctx, all), NextPageToken: next}, nil
}

// ResolveReadingLink tells what a link in a reminder means.
func (h *Handler) ResolveReadingLink(ctx context.Context, req *portalv1.ResolveReadingLinkRequest) (*portalv1.ResolveReadingLinkResponse, error) {
	if err := h.links.Check(ctx, identity.Caller(ctx), req.Token); err != nil {
		return nil, err
	}
	ids, err := h.meters.Due(ctx, identity.Caller(ctx), readings.MaxEntries)
	if err != nil {
		return nil, err
	}
	res := &portalv1.ResolveReadingLinkResponse{}
	for _, id := range ids {
		res.DeviceIds = append(res.DeviceIds, id.String())
	}
	return res, nil
}
