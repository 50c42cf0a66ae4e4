package rpc

import (
	"context"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/portal/life"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Access gives the rules of both services.
func Access() rpc.Access {
	customers := rpc.Only(identity.RoleCustomer)
	staff := rpc.Only(identity.RoleDispatcher, identity.RoleAdmin)
	return rpc.Access{
		portalv1connect.DeviceLifeServiceListDeviceLifeProcedure:         customers,
		portalv1connect.DeviceLifeServiceGetDevicePlansProcedure:         customers,
		backofficev1connect.DeviceLifeDeskServiceListDeviceLifeProcedure: staff,
		backofficev1connect.DeviceLifeDeskServiceGetDevicePlansProcedure: staff,
	}
}

// Customer is DeviceLifeService.
type Customer struct{ lives *life.Service }

// Desk is DeviceLifeDeskService.
type Desk struct{ lives *life.Service }

var (
	_ portalv1connect.DeviceLifeServiceHandler         = (*Customer)(nil)
	_ backofficev1connect.DeviceLifeDeskServiceHandler = (*Desk)(nil)
)

// NewCustomer serves customers.
func NewCustomer(s *life.Service) *Customer { return &Customer{s} }

// NewDesk serves staff.
func NewDesk(s *life.Service) *Desk { return &Desk{s} }

// asked is a request for a page of a device's life.
type asked interface {
	GetDeviceId() string
	GetTopics() []portalv1.LifeTopic
	GetPageSize() int32
	GetPageToken() string
}

func list(ctx context.Context, lives *life.Service, req asked) (life.Thread, error) {
	device, err := dispatchrpc.ID("device_id", req.GetDeviceId())
	if err != nil {
		return life.Thread{}, err
	}
	return lives.List(ctx, identity.Caller(ctx), life.Query{Device: device, Topics: topicsOf(req.GetTopics())},
		life.Page{Size: int(req.GetPageSize()), Token: req.GetPageToken()})
}

func plans(ctx context.Context, lives *life.Service, deviceID string) (*portalv1.DevicePlans, error) {
	device, err := dispatchrpc.ID("device_id", deviceID)
	if err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	p, err := lives.Plans(ctx, actor, device)
	if err != nil {
		return nil, err
	}
	return plansOf(p, rpc.Language(ctx)), nil
}

// ListDeviceLife gives a page of the thread.
func (h *Customer) ListDeviceLife(ctx context.Context, req *portalv1.ListDeviceLifeRequest) (*portalv1.ListDeviceLifeResponse, error) {
	t, err := list(ctx, h.lives, req)
	if err != nil {
		return nil, err
	}
	return &portalv1.ListDeviceLifeResponse{
		Entries: entries(t.Entries, rpc.Language(ctx)), NextPageToken: t.Next, TimeZone: t.TimeZone,
	}, nil
}

// GetDevicePlans tells what is planned.
func (h *Customer) GetDevicePlans(ctx context.Context, req *portalv1.GetDevicePlansRequest) (*portalv1.GetDevicePlansResponse, error) {
	p, err := plans(ctx, h.lives, req.DeviceId)
	if err != nil {
		return nil, err
	}
	return &portalv1.GetDevicePlansResponse{Plans: p}, nil
}

// ListDeviceLife gives a page of the thread.
func (h *Desk) ListDeviceLife(ctx context.Context, req *backofficev1.ListDeviceLifeRequest) (*backofficev1.ListDeviceLifeResponse, error) {
	t, err := list(ctx, h.lives, req)
	if err != nil {
		return nil, err
	}
	return &backofficev1.ListDeviceLifeResponse{
		Entries: entries(t.Entries, rpc.Language(ctx)), NextPageToken: t.Next, TimeZone: t.TimeZone,
	}, nil
}

// GetDevicePlans tells what is planned.
func (h *Desk) GetDevicePlans(ctx context.Context, req *backofficev1.GetDevicePlansRequest) (*backofficev1.GetDevicePlansResponse, error) {
	p, err := plans(ctx, h.lives, req.DeviceId)
	if err != nil {
		return nil, err
	}
	return &backofficev1.GetDevicePlansResponse{Plans: p}, nil
}
