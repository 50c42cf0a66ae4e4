package rpc

import (
	"context"

	"utsendt/internal/identity"
	"utsendt/portal/backoffice"
	v1 "utsendt/proto/gen/utsendt/backoffice/v1"
)

// ListContracts lists contracts.
func (h *Fleet) ListContracts(ctx context.Context, req *v1.ListContractsRequest) (*v1.ListContractsResponse, error) {
	var in ids
	query := backoffice.ContractQuery{Text: req.Query, AccountID: in.of("account_id", req.AccountId), Page: page(req.PageSize, req.PageToken)}
	if in.err != nil {
		return nil, in.err
	}
	found, err := h.office.Contracts(ctx, identity.Caller(ctx), query)
	if err != nil {
		return nil, err
	}
	return &v1.ListContractsResponse{Contracts: each(found.Rows, h.contract), NextPageToken: found.Next, Total: found.Total}, nil
}

// GetContract gives one.
func (h *Fleet) GetContract(ctx context.Context, req *v1.GetContractRequest) (*v1.GetContractResponse, error) {
	var in ids
	id := in.of("id", req.Id)
	if in.err != nil {
		return nil, in.err
	}
	c, err := h.office.Contract(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return &v1.GetContractResponse{Contract: h.contract(&c)}, nil
}

// CreateContract makes one.
func (h *Fleet) CreateContract(ctx context.Context, req *v1.CreateContractRequest) (*v1.CreateContractResponse, error) {
	var in ids
	op := in.of("operation_id", req.OperationId)
	fields, err := contractFields(req.Fields)
	if in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	c, err := h.office.CreateContract(ctx, identity.Caller(ctx), op, fields)
	if err != nil {
		return nil, err
	}
	return &v1.CreateContractResponse{Contract: h.contract(&c)}, nil
}

// UpdateContract changes one.
func (h *Fleet) UpdateContract(ctx context.Context, req *v1.UpdateContractRequest) (*v1.UpdateContractResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	fields, err := contractFields(req.Fields)
	if in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	c, err := h.office.UpdateContract(ctx, identity.Caller(ctx), op, id, req.Revision, fields)
	if err != nil {
		return nil, err
	}
	return &v1.UpdateContractResponse{Contract: h.contract(&c)}, nil
}

// ListDevices lists devices.
func (h *Fleet) ListDevices(ctx context.Context, req *v1.ListDevicesRequest) (*v1.ListDevicesResponse, error) {
	var in ids
	query := backoffice.DeviceQuery{
		Text: req.Query, AccountID: in.of("account_id", req.AccountId), SiteID: in.of("site_id", req.SiteId),
		ContractID: in.of("contract_id", req.ContractId), ModelID: in.of("model_id", req.ModelId), WithRetired: req.WithRetired,
		Page: page(req.PageSize, req.PageToken),
	}
	if in.err != nil {
		return nil, in.err
	}
	found, err := h.office.Devices(ctx, identity.Caller(ctx), query)
	if err != nil {
		return nil, err
	}
	return &v1.ListDevicesResponse{Devices: each(found.Rows, device), NextPageToken: found.Next, Total: found.Total}, nil
}

// GetDevice gives one with counts of what hangs on it.
func (h *Fleet) GetDevice(ctx context.Context, req *v1.GetDeviceRequest) (*v1.GetDeviceResponse, error) {
	var in ids
	id, actor := in.of("id", req.Id), identity.Caller(ctx)
	if in.err != nil {
		return nil, in.err
	}
	d, err := h.office.Device(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	life, err := h.office.DeviceLife(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return &v1.GetDeviceResponse{
		Device: device(&d), Registrations: life.Registrations, Requests: life.Requests, Orders: life.Orders, Readings: life.Readings,
	}, nil
}

// CreateDevice makes one.
func (h *Fleet) CreateDevice(ctx context.Context, req *v1.CreateDeviceRequest) (*v1.CreateDeviceResponse, error) {
	var in ids
	op, siteID, contractID := in.of("operation_id", req.OperationId), in.of("site_id", req.SiteId), in.of("contract_id", req.ContractId)
	fields, err := deviceFields(req.Fields)
	if in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	d, err := h.office.CreateDevice(ctx, identity.Caller(ctx), op, fields, siteID, contractID)
	if err != nil {
		return nil, err
	}
	return &v1.CreateDeviceResponse{Device: device(&d)}, nil
}

// UpdateDevice changes one where it stands.
func (h *Fleet) UpdateDevice(ctx context.Context, req *v1.UpdateDeviceRequest) (*v1.UpdateDeviceResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	fields, err := deviceFields(req.Fields)
	if in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	d, err := h.office.UpdateDevice(ctx, identity.Caller(ctx), op, id, req.Revision, fields)
	if err != nil {
		return nil, err
	}
	return &v1.UpdateDeviceResponse{Device: device(&d)}, nil
}

// MoveDevice puts one elsewhere.
func (h *Fleet) MoveDevice(ctx context.Context, req *v1.MoveDeviceRequest) (*v1.MoveDeviceResponse, error) {
	var in ids
	op := in.of("operation_id", req.OperationId)
	move := backoffice.Move{
		ID: in.of("id", req.Id), Revision: req.Revision, SiteID: in.of("site_id", req.SiteId), ContractID: in.of("contract_id", req.ContractId),
	}
	if in.err != nil {
		return nil, in.err
	}
	moved, err := h.office.MoveDevice(ctx, identity.Caller(ctx), op, move)
	if err != nil {
		return nil, err
	}
	return &v1.MoveDeviceResponse{
		Device: device(&moved.Device), RegistrationsEnded: moved.RegistrationsEnded, OpenRequestNumber: moved.Device.OpenNumber,
	}, nil
}

// RetireDevice takes one out of use or back into it.
func (h *Fleet) RetireDevice(ctx context.Context, req *v1.RetireDeviceRequest) (*v1.RetireDeviceResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	if in.err != nil {
		return nil, in.err
	}
	d, err := h.office.RetireDevice(ctx, identity.Caller(ctx), op, id, req.Revision, req.Retired)
	if err != nil {
		return nil, err
	}
	return &v1.RetireDeviceResponse{Device: device(&d)}, nil
}
