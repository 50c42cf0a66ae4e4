package rpc

import (
	"context"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal/registration"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Registrations is RegistrationService.
type Registrations struct{ service *registration.Service }

var _ portalv1connect.RegistrationServiceHandler = (*Registrations)(nil)

// NewRegistrations serves customers.
func NewRegistrations(s *registration.Service) *Registrations { return &Registrations{s} }

// RegisterDevice follows a device by serial number and postal code.
func (h *Registrations) RegisterDevice(ctx context.Context, req *portalv1.RegisterDeviceRequest) (*portalv1.RegisterDeviceResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	made, err := h.service.Register(ctx, identity.Caller(ctx), op, registration.Wish{
		SerialNumber: req.SerialNumber, PostalCode: req.PostalCode,
		Settings: registration.Settings{FriendlyName: req.FriendlyName, BackupEmail: req.BackupEmail, Reminders: req.Reminders},
	})
	if err != nil {
		return nil, err
	}
	return &portalv1.RegisterDeviceResponse{
		Registration: registered(made.Registration), Siblings: made.Siblings, Support: localSupport(made.Support),
	}, nil
}

// ListSiblings lists what else could be registered at a device's site.
func (h *Registrations) ListSiblings(ctx context.Context, req *portalv1.ListSiblingsRequest) (*portalv1.ListSiblingsResponse, error) {
	id, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	list, err := h.service.Siblings(ctx, identity.Caller(ctx), id, registration.Page{Size: int(req.PageSize), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	res := &portalv1.ListSiblingsResponse{NextPageToken: list.Next, Total: list.Total, Support: localSupport(list.Support)}
	for _, s := range list.Siblings {
		res.Siblings = append(res.Siblings, &portalv1.Sibling{
			DeviceId: s.Device.ID.String(), SerialNumber: s.Device.SerialNumber, Model: s.Device.Model.Name, FriendlyName: s.Device.FriendlyName,
			BackupEmail: s.BackupEmail, Reminders: s.Reminders, RefusedReason: s.RefusedReason,
		})
	}
	return res, nil
}

// RegisterSiblings asks to follow other devices at a site.
func (h *Registrations) RegisterSiblings(ctx context.Context, req *portalv1.RegisterSiblingsRequest) (*portalv1.RegisterSiblingsResponse, error) {
	op, device, err := twoIDs(req.OperationId, "device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	choices := make([]registration.Choice, len(req.Siblings))
	for i, s := range req.Siblings {
		id, err := dispatchrpc.ID("siblings", s.DeviceId)
		if err != nil {
			return nil, err
		}
		choices[i] = registration.Choice{DeviceID: id, FriendlyName: s.FriendlyName, BackupEmail: s.BackupEmail, Reminders: s.Reminders}
	}
	asked, err := h.service.RegisterSiblings(ctx, identity.Caller(ctx), op, device, choices)
	if err != nil {
		return nil, err
	}
	res := &portalv1.RegisterSiblingsResponse{Requested: int32(asked.Requested), Support: localSupport(asked.Support)} //nolint:gosec // at most 500
	for _, r := range asked.Registrations {
		res.Registrations = append(res.Registrations, registered(r))
		if r.State == registration.Pending && (res.AnswerBy == nil || r.AnswerBy.After(res.AnswerBy.AsTime())) {
			res.AnswerBy = dispatchrpc.Time(r.AnswerBy)
		}
	}
	return res, nil
}

// ListRegistrations lists the caller's own.
func (h *Registrations) ListRegistrations(ctx context.Context, req *portalv1.ListRegistrationsRequest) (*portalv1.ListRegistrationsResponse, error) {
	var wanted []registration.State
	for _, s := range req.States {
		wanted = append(wanted, stateOf(s))
	}
	list, err := h.service.Mine(ctx, identity.Caller(ctx), wanted, registration.Page{Size: int(req.PageSize), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	res := &portalv1.ListRegistrationsResponse{NextPageToken: list.Next, Total: list.Total}
	for _, r := range list.Registrations {
		res.Registrations = append(res.Registrations, registered(r))
	}
	return res, nil
}

// UpdateRegistration changes name and settings.
func (h *Registrations) UpdateRegistration(ctx context.Context, req *portalv1.UpdateRegistrationRequest) (*portalv1.UpdateRegistrationResponse, error) {
	op, device, err := twoIDs(req.OperationId, "device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	r, err := h.service.Update(ctx, identity.Caller(ctx), op, device,
		registration.Settings{FriendlyName: req.FriendlyName, BackupEmail: req.BackupEmail, Reminders: req.Reminders})
	if err != nil {
		return nil, err
	}
	return &portalv1.UpdateRegistrationResponse{Registration: registered(r)}, nil
}

// Deregister takes devices off the caller's list.
func (h *Registrations) Deregister(ctx context.Context, req *portalv1.DeregisterRequest) (*portalv1.DeregisterResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	devices, err := ids("device_ids", req.DeviceIds)
	if err != nil {
		return nil, err
	}
	n, err := h.service.Deregister(ctx, identity.Caller(ctx), op, devices)
	if err != nil {
		return nil, err
	}
	return &portalv1.DeregisterResponse{Removed: int32(n)}, nil //nolint:gosec // at most 100
}
