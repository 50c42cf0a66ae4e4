package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal/backoffice"
	v1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
)

// People is PeopleService.
type People struct {
	office *backoffice.Service
}

var _ backofficev1connect.PeopleServiceHandler = (*People)(nil)

// NewPeople serves admins.
func NewPeople(office *backoffice.Service) *People { return &People{office: office} }

var roles = map[v1.Role]identity.Role{
	v1.Role_ROLE_CUSTOMER: identity.RoleCustomer, v1.Role_ROLE_TECHNICIAN: identity.RoleTechnician,
	v1.Role_ROLE_DISPATCHER: identity.RoleDispatcher, v1.Role_ROLE_ADMIN: identity.RoleAdmin,
}

func role(r identity.Role) v1.Role {
	for shown, known := range roles {
		if known == r {
			return shown
		}
	}
	return v1.Role_ROLE_UNSPECIFIED
}

func person(p *backoffice.Person) *v1.Person {
	return &v1.Person{
		Id: p.ID.String(), UserId: p.UserID, Fields: &v1.PersonFields{
			FirstName: p.FirstName, LastName: p.LastName, Email: p.Email, Phone: p.Phone, Language: p.Language, Role: role(p.Role),
			AccountId: idText(p.AccountID), TechnicianId: idText(p.TechnicianID),
		},
		Revision: p.Revision(), DisabledAt: dispatchrpc.Time(p.DisabledAt), MustChangePassword: p.MustChangePassword, BelongsTo: p.BelongsTo,
		CreatedAt: timestamppb.New(p.CreatedAt), UpdatedAt: timestamppb.New(p.UpdatedAt), Sessions: p.Sessions,
	}
}

func personFields(f *v1.PersonFields) (backoffice.PersonFields, error) {
	var in ids
	return backoffice.PersonFields{
		FirstName: f.FirstName, LastName: f.LastName, Email: f.Email, Phone: f.Phone, Language: f.Language, Role: roles[f.Role],
		AccountID: in.of("fields.account_id", f.AccountId), TechnicianID: in.of("fields.technician_id", f.TechnicianId),
	}, in.err
}

// ListPeople lists people.
func (h *People) ListPeople(ctx context.Context, req *v1.ListPeopleRequest) (*v1.ListPeopleResponse, error) {
	var in ids
	query := backoffice.PersonQuery{
		Text: req.Query, Role: roles[req.Role], AccountID: in.of("account_id", req.AccountId), DisabledOnly: req.DisabledOnly,
		Page: page(req.PageSize, req.PageToken),
	}
	if in.err != nil {
		return nil, in.err
	}
	found, err := h.office.People(ctx, identity.Caller(ctx), query)
	if err != nil {
		return nil, err
	}
	return &v1.ListPeopleResponse{People: each(found.Rows, person), NextPageToken: found.Next, Total: found.Total}, nil
}

// GetPerson gives one.
func (h *People) GetPerson(ctx context.Context, req *v1.GetPersonRequest) (*v1.GetPersonResponse, error) {
	var in ids
	id := in.of("id", req.Id)
	if in.err != nil {
		return nil, in.err
	}
	p, err := h.office.Person(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return &v1.GetPersonResponse{Person: person(&p)}, nil
}

// CreatePerson makes one.
func (h *People) CreatePerson(ctx context.Context, req *v1.CreatePersonRequest) (*v1.CreatePersonResponse, error) {
	var in ids
	op := in.of("operation_id", req.OperationId)
	fields, err := personFields(req.Fields)
	if in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	p, err := h.office.CreatePerson(ctx, identity.Caller(ctx), op, req.UserId, fields)
	if err != nil {
		return nil, err
	}
	return &v1.CreatePersonResponse{Person: person(&p)}, nil
}

// UpdatePerson changes one.
func (h *People) UpdatePerson(ctx context.Context, req *v1.UpdatePersonRequest) (*v1.UpdatePersonResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	fields, err := personFields(req.Fields)
	if in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	p, err := h.office.UpdatePerson(ctx, identity.Caller(ctx), op, id, req.Revision, fields)
	if err != nil {
		return nil, err
	}
	return &v1.UpdatePersonResponse{Person: person(&p)}, nil
}

// SetPersonEnabled keeps one out or lets them in.
func (h *People) SetPersonEnabled(ctx context.Context, req *v1.SetPersonEnabledRequest) (*v1.SetPersonEnabledResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	if in.err != nil {
		return nil, in.err
	}
	p, err := h.office.SetPersonEnabled(ctx, identity.Caller(ctx), op, id, req.Enabled)
	if err != nil {
		return nil, err
	}
	return &v1.SetPersonEnabledResponse{Person: person(&p)}, nil
}

// ResetPassword sends a temporary password.
func (h *People) ResetPassword(ctx context.Context, req *v1.ResetPasswordRequest) (*v1.ResetPasswordResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	if in.err != nil {
		return nil, in.err
	}
	p, err := h.office.ResetPassword(ctx, identity.Caller(ctx), op, id)
	if err != nil {
		return nil, err
	}
	return &v1.ResetPasswordResponse{Person: person(&p)}, nil
}

// EndSessions ends all sessions.
func (h *People) EndSessions(ctx context.Context, req *v1.EndSessionsRequest) (*v1.EndSessionsResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	if in.err != nil {
		return nil, in.err
	}
	ended, err := h.office.EndSessions(ctx, identity.Caller(ctx), op, id)
	if err != nil {
		return nil, err
	}
	return &v1.EndSessionsResponse{Ended: ended}, nil
}

// ListPersonSessions gives the sessions that are not over.
func (h *People) ListPersonSessions(ctx context.Context, req *v1.ListPersonSessionsRequest) (*v1.ListPersonSessionsResponse, error) {
	var in ids
	id := in.of("id", req.Id)
	if in.err != nil {
		return nil, in.err
	}
	sessions, err := h.office.Sessions(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return &v1.ListPersonSessionsResponse{Sessions: each(sessions, func(s *identity.Session) *v1.PersonSession {
		return &v1.PersonSession{
			Id: s.ID.String(), Kind: string(s.Kind), Label: s.Label, Address: s.Address, CreatedAt: timestamppb.New(s.CreatedAt),
			LastSeenAt: timestamppb.New(s.LastSeenAt), ExpiresAt: timestamppb.New(s.ExpiresAt),
		}
	})}, nil
}
