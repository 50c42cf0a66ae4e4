package rpc

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/fault"
	"utsendt/internal/fault/wording"
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/portal"
	"utsendt/portal/addresschange"
	"utsendt/portal/registration"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
)

// Approvals is ApprovalService.
type Approvals struct {
	registrations *registration.Service
	changes       *addresschange.Service
}

var _ backofficev1connect.ApprovalServiceHandler = (*Approvals)(nil)

// NewApprovals serves staff.
func NewApprovals(r *registration.Service, c *addresschange.Service) *Approvals {
	return &Approvals{r, c}
}

// ListPendingRegistrations lists what waits.
func (h *Approvals) ListPendingRegistrations(ctx context.Context, req *backofficev1.ListPendingRegistrationsRequest) (*backofficev1.ListPendingRegistrationsResponse, error) {
	list, err := h.registrations.Pending(ctx, identity.Caller(ctx), req.Query, registration.Page{Size: int(req.PageSize), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	res := &backofficev1.ListPendingRegistrationsResponse{NextPageToken: list.Next, Total: list.Total}
	for _, w := range list.Registrations {
		res.Registrations = append(res.Registrations, &backofficev1.PendingRegistration{
			Registration: registered(w.Registration), Applicant: applicant(w.Person),
			AccountNumber: w.Device.Account.Number, AccountName: w.Device.Account.Name, Overdue: w.Overdue,
		})
	}
	return res, nil
}

// ApproveRegistrations approves each for itself.
func (h *Approvals) ApproveRegistrations(ctx context.Context, req *backofficev1.ApproveRegistrationsRequest) (*backofficev1.ApproveRegistrationsResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	wanted, err := ids("registration_ids", req.RegistrationIds)
	if err != nil {
		return nil, err
	}
	decided, err := h.registrations.Approve(ctx, identity.Caller(ctx), op, wanted)
	if err != nil {
		return nil, err
	}
	return &backofficev1.ApproveRegistrationsResponse{Results: results(decided)}, nil
}

// RefuseRegistrations refuses each for itself.
func (h *Approvals) RefuseRegistrations(ctx context.Context, req *backofficev1.RefuseRegistrationsRequest) (*backofficev1.RefuseRegistrationsResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	wanted, err := ids("registration_ids", req.RegistrationIds)
	if err != nil {
		return nil, err
	}
	decided, err := h.registrations.Refuse(ctx, identity.Caller(ctx), op, wanted, req.Reason)
	if err != nil {
		return nil, err
	}
	return &backofficev1.RefuseRegistrationsResponse{Results: results(decided)}, nil
}

func results(decided []registration.Decided) []*backofficev1.DecisionResult {
	out := make([]*backofficev1.DecisionResult, len(decided))
	for i, d := range decided {
		out[i] = &backofficev1.DecisionResult{RegistrationId: d.ID.String(), Done: d.Problem == "", Problem: d.Problem, State: states[d.State]}
	}
	return out
}

var outcomes = map[registration.Outcome]backofficev1.RegisteredOutcome{
	registration.RowRegistered: backofficev1.RegisteredOutcome_REGISTERED_OUTCOME_REGISTERED,
	registration.RowChanged:    backofficev1.RegisteredOutcome_REGISTERED_OUTCOME_CHANGED,
	registration.RowUnchanged:  backofficev1.RegisteredOutcome_REGISTERED_OUTCOME_UNCHANGED,
	registration.RowRefused:    backofficev1.RegisteredOutcome_REGISTERED_OUTCOME_REFUSED,
}

// RegisterMany registers devices for a customer.
func (h *Approvals) RegisterMany(ctx context.Context, req *backofficev1.RegisterManyRequest) (*backofficev1.RegisterManyResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	m, err := h.registrations.RegisterMany(ctx, identity.Caller(ctx), op, registration.Many{
		UserID: req.UserId, File: req.GetFile(), AccountNumber: req.GetAccountNumber(),
		BackupEmail: req.BackupEmail, WithoutReminders: req.WithoutReminders, DryRun: req.DryRun,
	})
	if err != nil {
		return nil, err
	}
	language := wording.Choose(rpc.ClientFrom(ctx).Languages, identity.Caller(ctx).Language)
	// At most registration.MaxRows each.
	res := &backofficev1.RegisterManyResponse{
		Registered: int32(m.Registered), Changed: int32(m.Changed), Unchanged: int32(m.Unchanged), Refused: int32(m.Refused), //nolint:gosec // see above
		Encoding: m.Encoding, Separator: m.Separator, IgnoredColumns: m.Ignored,
		Person: applicant(&m.Person), AccountNumber: m.Account.Number, AccountName: m.Account.Name,
	}
	for _, r := range m.Rows {
		res.Rows = append(res.Rows, &backofficev1.RegisteredRow{
			Row: int32(r.Row), SerialNumber: r.SerialNumber, Outcome: outcomes[r.Outcome], //nolint:gosec // a file has fewer lines than 2^31
			Problem: r.Reason, Column: r.Field, Message: wording.Text(&fault.Error{Reason: r.Reason, Message: r.Message}, language),
		})
	}
	return res, nil
}

// ListAddressChanges lists what waits, or what was decided.
func (h *Approvals) ListAddressChanges(ctx context.Context, req *backofficev1.ListAddressChangesRequest) (*backofficev1.ListAddressChangesResponse, error) {
	list, err := h.changes.ForStaff(ctx, identity.Caller(ctx), req.Decided, addresschange.Page{Size: int(req.PageSize), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	res := &backofficev1.ListAddressChangesResponse{NextPageToken: list.Next}
	for _, c := range list.Changes {
		res.Changes = append(res.Changes, staffChange(ctx, c))
	}
	return res, nil
}

func staffChange(ctx context.Context, c addresschange.Change) *backofficev1.StaffAddressChange {
	return &backofficev1.StaffAddressChange{
		Change: change(identity.Caller(ctx), c), Applicant: applicant(c.Person), AccountNumber: c.Account.Number, AccountName: c.Account.Name,
		Overdue: c.State == addresschange.Pending && c.AnswerBy.Before(time.Now()),
	}
}

// GetAddressChange shows what a change does to the site as it is.
func (h *Approvals) GetAddressChange(ctx context.Context, req *backofficev1.GetAddressChangeRequest) (*backofficev1.GetAddressChangeResponse, error) {
	id, err := dispatchrpc.ID("address_change_id", req.AddressChangeId)
	if err != nil {
		return nil, err
	}
	r, err := h.changes.Review(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return &backofficev1.GetAddressChangeResponse{
		Change: staffChange(ctx, r.Change), SiteNow: dispatchrpc.Place(portal.PlaceOf(&r.Now)), SiteThen: dispatchrpc.Place(portal.PlaceOf(&r.Then)),
		SiteChanged: r.Changed, SiteUpdatedAt: timestamppb.New(r.Now.UpdatedAt), Devices: moving(r.Devices), DevicesTotal: r.Total,
		OpenRequests: r.OpenRequests, KeptDeliveryAddresses: r.Kept,
	}, nil
}

// ApproveAddressChange moves the site.
func (h *Approvals) ApproveAddressChange(ctx context.Context, req *backofficev1.ApproveAddressChangeRequest) (*backofficev1.ApproveAddressChangeResponse, error) {
	op, id, err := twoIDs(req.OperationId, "address_change_id", req.AddressChangeId)
	if err != nil {
		return nil, err
	}
	seen, err := dispatchrpc.TimeOf("site_updated_at", req.SiteUpdatedAt)
	if err != nil {
		return nil, err
	}
	if seen == nil {
		return nil, fault.NewInvalid("site_updated_at", "site_updated_at_missing", "Look at the change before you approve it.")
	}
	a := addresschange.Approval{SeenAt: *seen, TimeZone: req.TimeZone}
	if req.Position != nil {
		a.Position = &addresschange.Point{Latitude: req.Position.Latitude, Longitude: req.Position.Longitude}
	}
	m, err := h.changes.Approve(ctx, identity.Caller(ctx), op, id, a)
	if err != nil {
		return nil, err
	}
	return &backofficev1.ApproveAddressChangeResponse{
		Change: staffChange(ctx, m.Change), Place: dispatchrpc.Place(portal.PlaceOf(&m.Site)), DevicesMoved: m.Devices,
	}, nil
}

// RefuseAddressChange refuses one.
func (h *Approvals) RefuseAddressChange(ctx context.Context, req *backofficev1.RefuseAddressChangeRequest) (*backofficev1.RefuseAddressChangeResponse, error) {
	op, id, err := twoIDs(req.OperationId, "address_change_id", req.AddressChangeId)
	if err != nil {
		return nil, err
	}
	c, err := h.changes.Refuse(ctx, identity.Caller(ctx), op, id, req.Reason)
	if err != nil {
		return nil, err
	}
	return &backofficev1.RefuseAddressChangeResponse{Change: staffChange(ctx, c)}, nil
}

// FileAddressChange asks for one on behalf of a customer.
func (h *Approvals) FileAddressChange(ctx context.Context, req *backofficev1.FileAddressChangeRequest) (*backofficev1.FileAddressChangeResponse, error) {
	op, account, err := twoIDs(req.OperationId, "account_id", req.AccountId)
	if err != nil {
		return nil, err
	}
	site, err := dispatchrpc.ID("site_id", req.SiteId)
	if err != nil {
		return nil, err
	}
	c, err := h.changes.File(ctx, identity.Caller(ctx), op, addresschange.Behalf{
		AccountID: account, SiteID: site, Reason: req.Reason, Address: addressOf(req.Address),
	})
	if err != nil {
		return nil, err
	}
	return &backofficev1.FileAddressChangeResponse{Change: staffChange(ctx, c)}, nil
}
