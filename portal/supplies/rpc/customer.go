package rpc

import (
	"context"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"

	"utsendt/portal/supplies"
)

// Customer is SupplyService.
type Customer struct {
	supplies *supplies.Service
}

var _ portalv1connect.SupplyServiceHandler = (*Customer)(nil)

// NewCustomer serves customers.
func NewCustomer(s *supplies.Service) *Customer { return &Customer{s} }

// ListSupplies gives the catalogue of a device.
func (h *Customer) ListSupplies(ctx context.Context, req *portalv1.ListSuppliesRequest) (*portalv1.ListSuppliesResponse, error) {
	device, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	c, err := h.supplies.Catalogue(ctx, actor, device)
	if err != nil {
		return nil, err
	}
	res := &portalv1.ListSuppliesResponse{
		Reason: c.Reason, ContractNumber: c.ContractNumber, ShopUrl: h.supplies.ShopURL(),
		DeliveryAddress: address(c.Address), Support: supportOf(c.Country),
	}
	for _, o := range c.Offers {
		res.Supplies = append(res.Supplies, offer(o, rpc.Language(ctx)))
	}
	return res, nil
}

// PlaceOrder orders.
func (h *Customer) PlaceOrder(ctx context.Context, req *portalv1.PlaceOrderRequest) (*portalv1.PlaceOrderResponse, error) {
	operation, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	w := supplies.Wish{Edit: supplies.Edit{Line2: req.Line2, Line3: req.Line3}, Contact: contactOf(req.Contact)}
	if w.DeviceID, err = dispatchrpc.ID("device_id", req.DeviceId); err != nil {
		return nil, err
	}
	if w.Lines, err = wantsOf(req.Lines); err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	a, err := h.supplies.Place(ctx, actor, operation, w)
	if err != nil {
		return nil, err
	}
	return &portalv1.PlaceOrderResponse{
		Order: order(&a.Order, rpc.Language(ctx), h.supplies.Carriers()), SimilarOrders: openOrders(a.Similar), Support: supportOf(a.Country),
	}, nil
}

// ListOrders lists orders for followed devices.
func (h *Customer) ListOrders(ctx context.Context, req *portalv1.ListOrdersRequest) (*portalv1.ListOrdersResponse, error) {
	q := supplies.Query{States: statesOf(req.States)}
	var err error
	if q.Device, err = dispatchrpc.ID("device_id", req.DeviceId); err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	list, err := h.supplies.List(ctx, actor, q, supplies.Page{Size: int(req.PageSize), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	res := &portalv1.ListOrdersResponse{NextPageToken: list.Next}
	for i := range list.Orders {
		res.Orders = append(res.Orders, order(&list.Orders[i], rpc.Language(ctx), h.supplies.Carriers()))
	}
	return res, nil
}

// GetOrder gives one order.
func (h *Customer) GetOrder(ctx context.Context, req *portalv1.GetOrderRequest) (*portalv1.GetOrderResponse, error) {
	actor := identity.Caller(ctx)
	a, err := h.supplies.Get(ctx, actor, req.Id)
	if err != nil {
		return nil, err
	}
	return &portalv1.GetOrderResponse{
		Order: order(&a.Order, rpc.Language(ctx), h.supplies.Carriers()), SimilarOrders: openOrders(a.Similar), Support: supportOf(a.Country),
	}, nil
}

// GetForecast tells when the toners of a device run out.
func (h *Customer) GetForecast(ctx context.Context, req *portalv1.GetForecastRequest) (*portalv1.GetForecastResponse, error) {
	device, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	found, err := h.supplies.Forecast(ctx, actor, device)
	if err != nil {
		return nil, err
	}
	return &portalv1.GetForecastResponse{Forecasts: forecasts(found, rpc.Language(ctx))}, nil
}

// ListForecasts tells it of all followed devices.
func (h *Customer) ListForecasts(ctx context.Context, req *portalv1.ListForecastsRequest) (*portalv1.ListForecastsResponse, error) {
	actor := identity.Caller(ctx)
	page, err := h.supplies.ForecastFleet(ctx, actor, supplies.Page{Size: int(req.PageSize), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	return &portalv1.ListForecastsResponse{Forecasts: forecasts(page.Forecasts, rpc.Language(ctx)), NextPageToken: page.Next}, nil
}

// wantsOf translates lines.
func wantsOf(lines []*portalv1.OrderLineRequest) ([]supplies.Want, error) {
	wants := make([]supplies.Want, len(lines))
	for i, l := range lines {
		id, err := dispatchrpc.ID("lines.supply_id", l.SupplyId)
		if err != nil {
			return nil, err
		}
		wants[i] = supplies.Want{SupplyID: id, Quantity: int(l.Quantity)}
	}
	return wants, nil
}
