package rpc

import (
	"context"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal"
	"utsendt/portal/addresschange"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// AddressChanges is AddressChangeService.
type AddressChanges struct{ service *addresschange.Service }

var _ portalv1connect.AddressChangeServiceHandler = (*AddressChanges)(nil)

// NewAddressChanges serves customers.
func NewAddressChanges(s *addresschange.Service) *AddressChanges { return &AddressChanges{s} }

// PreviewAddressChange tells what would move.
func (h *AddressChanges) PreviewAddressChange(ctx context.Context, req *portalv1.PreviewAddressChangeRequest) (*portalv1.PreviewAddressChangeResponse, error) {
	id, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	p, err := h.service.Preview(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return &portalv1.PreviewAddressChangeResponse{
		SiteName: p.Site.Name, Place: dispatchrpc.Place(portal.PlaceOf(&p.Site)), Total: p.Total, Devices: moving(p.Devices),
		OpenRequests: p.OpenRequests, PendingId: text(p.PendingID),
	}, nil
}

// RequestAddressChange asks for a change.
func (h *AddressChanges) RequestAddressChange(ctx context.Context, req *portalv1.RequestAddressChangeRequest) (*portalv1.RequestAddressChangeResponse, error) {
	op, device, err := twoIDs(req.OperationId, "device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	c, err := h.service.Request(ctx, identity.Caller(ctx), op, addresschange.Wish{DeviceID: device, Reason: req.Reason, Address: addressOf(req.Address)})
	if err != nil {
		return nil, err
	}
	return &portalv1.RequestAddressChangeResponse{Change: change(identity.Caller(ctx), c)}, nil
}

// ListAddressChanges lists the changes that concern the caller.
func (h *AddressChanges) ListAddressChanges(ctx context.Context, req *portalv1.ListAddressChangesRequest) (*portalv1.ListAddressChangesResponse, error) {
	list, err := h.service.Mine(ctx, identity.Caller(ctx), req.PendingOnly, addresschange.Page{Size: int(req.PageSize), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	res := &portalv1.ListAddressChangesResponse{NextPageToken: list.Next}
	for _, c := range list.Changes {
		res.Changes = append(res.Changes, change(identity.Caller(ctx), c))
	}
	return res, nil
}

// GetAddressChange gives one of them.
func (h *AddressChanges) GetAddressChange(ctx context.Context, req *portalv1.GetAddressChangeRequest) (*portalv1.GetAddressChangeResponse, error) {
	id, err := dispatchrpc.ID("address_change_id", req.AddressChangeId)
	if err != nil {
		return nil, err
	}
	c, err := h.service.Get(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return &portalv1.GetAddressChangeResponse{Change: change(identity.Caller(ctx), c)}, nil
}

// WithdrawAddressChange takes one back.
func (h *AddressChanges) WithdrawAddressChange(ctx context.Context, req *portalv1.WithdrawAddressChangeRequest) (*portalv1.WithdrawAddressChangeResponse, error) {
	op, id, err := twoIDs(req.OperationId, "address_change_id", req.AddressChangeId)
	if err != nil {
		return nil, err
	}
	c, err := h.service.Withdraw(ctx, identity.Caller(ctx), op, id)
	if err != nil {
		return nil, err
	}
	return &portalv1.WithdrawAddressChangeResponse{Change: change(identity.Caller(ctx), c)}, nil
}
