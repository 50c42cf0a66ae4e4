package rpc

import (
	"context"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"

	"utsendt/portal/supplies"
)

// Staff is OrderService.
type Staff struct {
	supplies *supplies.Service
}

var _ backofficev1connect.OrderServiceHandler = (*Staff)(nil)

// NewStaff serves dispatchers and admins.
func NewStaff(s *supplies.Service) *Staff { return &Staff{s} }

// ListOrders lists orders of all companies.
func (h *Staff) ListOrders(ctx context.Context, req *backofficev1.ListOrdersRequest) (*backofficev1.ListOrdersResponse, error) {
	q := supplies.Query{States: statesOf(req.States), Text: req.Query}
	var err error
	if q.Account, err = dispatchrpc.ID("account_id", req.AccountId); err != nil {
		return nil, err
	}
	list, err := h.supplies.ListAny(ctx, identity.Caller(ctx), q, supplies.Page{Size: int(req.PageSize), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	res := &backofficev1.ListOrdersResponse{NextPageToken: list.Next, Total: int64(list.Total)}
	for i := range list.Orders {
		res.Orders = append(res.Orders, h.order(ctx, &list.Orders[i]))
	}
	return res, nil
}

// GetOrder gives one order.
func (h *Staff) GetOrder(ctx context.Context, req *backofficev1.GetOrderRequest) (*backofficev1.GetOrderResponse, error) {
	a, err := h.supplies.GetAny(ctx, identity.Caller(ctx), req.Id)
	if err != nil {
		return nil, err
	}
	return &backofficev1.GetOrderResponse{Order: h.order(ctx, &a.Order), SimilarOrders: openOrders(a.Similar)}, nil
}

// ListOrderable gives the catalogue of any device.
func (h *Staff) ListOrderable(ctx context.Context, req *backofficev1.ListOrderableRequest) (*backofficev1.ListOrderableResponse, error) {
	actor := identity.Caller(ctx)
	c, err := h.supplies.CatalogueFor(ctx, actor, req.SerialNumber)
	if err != nil {
		return nil, err
	}
	res := &backofficev1.ListOrderableResponse{Reason: c.Reason, ContractNumber: c.ContractNumber, DeliveryAddress: address(c.Address)}
	for _, o := range c.Offers {
		s := offer(o, rpc.Language(ctx))
		s.MaxQuantity = supplies.MaxQuantityStaff
		res.Supplies = append(res.Supplies, s)
	}
	return res, nil
}

// PlaceOrder orders on behalf of a customer.
func (h *Staff) PlaceOrder(ctx context.Context, req *backofficev1.PlaceOrderRequest) (*backofficev1.PlaceOrderResponse, error) {
	operation, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	w := supplies.Wish{
		SerialNumber: req.SerialNumber, Edit: supplies.Edit{Line2: req.Line2, Line3: req.Line3}, Contact: contactOf(req.Contact),
	}
	if w.Lines, err = wantsOf(req.Lines); err != nil {
		return nil, err
	}
	if req.AccountId != "" {
		if w.AccountID, err = dispatchrpc.ID("account_id", req.AccountId); err != nil {
			return nil, err
		}
	}
	a, err := h.supplies.PlaceFor(ctx, identity.Caller(ctx), operation, w)
	if err != nil {
		return nil, err
	}
	return &backofficev1.PlaceOrderResponse{Order: h.order(ctx, &a.Order), SimilarOrders: openOrders(a.Similar)}, nil
}

// stepping is what every request that changes an order has.
type stepping interface {
	GetOperationId() string
	GetOrderId() string
	GetExpectedVersion() int64
}

func stepOf(req stepping) (step supplies.Step, err error) {
	step.Version = req.GetExpectedVersion()
	if step.Operation, err = dispatchrpc.ID("operation_id", req.GetOperationId()); err != nil {
		return step, err
	}
	step.Order, err = dispatchrpc.ID("order_id", req.GetOrderId())
	return step, err
}

// PickOrder notes that it is taken from the shelf.
func (h *Staff) PickOrder(ctx context.Context, req *backofficev1.PickOrderRequest) (*backofficev1.PickOrderResponse, error) {
	step, err := stepOf(req)
	if err != nil {
		return nil, err
	}
	o, err := h.supplies.Pick(ctx, identity.Caller(ctx), step)
	if err != nil {
		return nil, err
	}
	return &backofficev1.PickOrderResponse{Order: h.order(ctx, &o)}, nil
}

// ShipOrder notes that the parcel left.
func (h *Staff) ShipOrder(ctx context.Context, req *backofficev1.ShipOrderRequest) (*backofficev1.ShipOrderResponse, error) {
	step, err := stepOf(req)
	if err != nil {
		return nil, err
	}
	o, err := h.supplies.Ship(ctx, identity.Caller(ctx), step, req.Carrier, req.TrackingNumber)
	if err != nil {
		return nil, err
	}
	return &backofficev1.ShipOrderResponse{Order: h.order(ctx, &o)}, nil
}

// CorrectTracking mends carrier and tracking number.
func (h *Staff) CorrectTracking(ctx context.Context, req *backofficev1.CorrectTrackingRequest) (*backofficev1.CorrectTrackingResponse, error) {
	step, err := stepOf(req)
	if err != nil {
		return nil, err
	}
	o, err := h.supplies.CorrectTracking(ctx, identity.Caller(ctx), step, req.Carrier, req.TrackingNumber)
	if err != nil {
		return nil, err
	}
	return &backofficev1.CorrectTrackingResponse{Order: h.order(ctx, &o)}, nil
}

// DeliverOrder notes that the parcel arrived.
func (h *Staff) DeliverOrder(ctx context.Context, req *backofficev1.DeliverOrderRequest) (*backofficev1.DeliverOrderResponse, error) {
	step, err := stepOf(req)
	if err != nil {
		return nil, err
	}
	o, err := h.supplies.Deliver(ctx, identity.Caller(ctx), step)
	if err != nil {
		return nil, err
	}
	return &backofficev1.DeliverOrderResponse{Order: h.order(ctx, &o)}, nil
}

// CancelOrder cancels.
func (h *Staff) CancelOrder(ctx context.Context, req *backofficev1.CancelOrderRequest) (*backofficev1.CancelOrderResponse, error) {
	step, err := stepOf(req)
	if err != nil {
		return nil, err
	}
	o, err := h.supplies.Cancel(ctx, identity.Caller(ctx), step, req.Reason)
	if err != nil {
		return nil, err
	}
	return &backofficev1.CancelOrderResponse{Order: h.order(ctx, &o)}, nil
}

// ChangeOrder changes lines and address.
func (h *Staff) ChangeOrder(ctx context.Context, req *backofficev1.ChangeOrderRequest) (*backofficev1.ChangeOrderResponse, error) {
	step, err := stepOf(req)
	if err != nil {
		return nil, err
	}
	a := supplies.Alteration{Edit: supplies.Edit{Line2: req.Line2, Line3: req.Line3}}
	if a.Lines, err = wantsOf(req.Lines); err != nil {
		return nil, err
	}
	o, err := h.supplies.Change(ctx, identity.Caller(ctx), step, a)
	if err != nil {
		return nil, err
	}
	return &backofficev1.ChangeOrderResponse{Order: h.order(ctx, &o)}, nil
}

// ListCarriers lists the carriers with a page.
func (h *Staff) ListCarriers(context.Context, *backofficev1.ListCarriersRequest) (*backofficev1.ListCarriersResponse, error) {
	return &backofficev1.ListCarriersResponse{Carriers: h.supplies.Carriers().Names()}, nil
}
