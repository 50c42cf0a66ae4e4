package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	"utsendt/dispatch/visitfiles"
	"utsendt/internal/identity"
	identityrpc "utsendt/internal/identity/rpc"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
)

// Mobile is MobileService.
type Mobile struct {
	service *dispatch.Service
	people  *identity.Service
	files   *visitfiles.Service
	visits  *Visits
	guide   Guide
}

var _ mobilev1connect.MobileServiceHandler = (*Mobile)(nil)

// NewMobile serves technicians' phones.
func NewMobile(service *dispatch.Service, people *identity.Service, files *visitfiles.Service, visits *Visits, guide Guide) *Mobile {
	return &Mobile{service: service, people: people, files: files, visits: visits, guide: guide}
}

// SignIn signs a technician in on this device.
func (m *Mobile) SignIn(ctx context.Context, req *mobilev1.SignInRequest) (*mobilev1.SignInResponse, error) {
	token, session, person, err := identityrpc.SignIn(ctx, m.people, req.UserId, req.Password, identity.SessionDevice,
		req.DeviceName, identity.RoleTechnician)
	if err != nil {
		return nil, err
	}
	actor := identity.Actor{
		PersonID: person.ID, Role: person.Role, TechnicianID: person.TechnicianID, SessionID: session.ID,
		FirstName: person.FirstName, LastName: person.LastName, Language: person.Language,
	}
	me, err := m.me(ctx, actor)
	if err != nil {
		return nil, err
	}
	return &mobilev1.SignInResponse{Token: token, ExpiresAt: timestamppb.New(session.ExpiresAt), Me: me}, nil
}

// SignOut ends this device's session.
func (m *Mobile) SignOut(ctx context.Context, _ *mobilev1.SignOutRequest) (*mobilev1.SignOutResponse, error) {
	if err := identityrpc.SignOut(ctx, m.people); err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	if !actor.Is(identity.RoleTechnician) {
		return &mobilev1.SignOutResponse{}, nil
	}
	sessions, err := m.people.ListSessions(ctx, actor.PersonID)
	if err != nil {
		return nil, err
	}
	if len(sessions) == 0 {
		if err := m.service.SignedOut(ctx, actor); err != nil {
			return nil, err
		}
	}
	return &mobilev1.SignOutResponse{}, nil
}

// GetMe gives the technician.
func (m *Mobile) GetMe(ctx context.Context, _ *mobilev1.GetMeRequest) (*mobilev1.GetMeResponse, error) {
	me, err := m.me(ctx, identity.Caller(ctx))
	if err != nil {
		return nil, err
	}
	return &mobilev1.GetMeResponse{Me: me}, nil
}

func (m *Mobile) me(ctx context.Context, actor identity.Actor) (*mobilev1.Me, error) {
	t, err := m.service.Technician(ctx, actor)
	if err != nil {
		return nil, err
	}
	return m.withJobs(ctx, t, actor)
}

// withJobs reads the technician's jobs: they say how often to report.
func (m *Mobile) withJobs(ctx context.Context, t *dispatch.Technician, actor identity.Actor) (*mobilev1.Me, error) {
	if !t.OnDuty {
		return m.technicianMe(t, actor, nil), nil
	}
	jobs, err := m.service.Jobs(ctx, actor)
	if err != nil {
		return nil, err
	}
	return m.technicianMe(t, actor, jobs), nil
}

func (m *Mobile) technicianMe(t *dispatch.Technician, actor identity.Actor, jobs []dispatch.OwnJob) *mobilev1.Me {
	me := &mobilev1.Me{
		TechnicianId: t.ID.String(), Number: t.Number, FirstName: t.FirstName, LastName: t.LastName,
		Language: actor.Language, OnDuty: t.OnDuty, ServerTime: timestamppb.New(m.service.Now()),
	}
	if t.OnDuty {
		me.ReportEvery = durationpb.New(dispatch.ReportEvery(jobs))
	}
	return me
}

// SetDuty goes on or off duty.
func (m *Mobile) SetDuty(ctx context.Context, req *mobilev1.SetDutyRequest) (*mobilev1.SetDutyResponse, error) {
	op, err := phoneOperation(req.Operation)
	if err != nil {
		return nil, err
	}
	t, err := m.service.SetDuty(ctx, identity.Caller(ctx), op, req.OnDuty)
	if err != nil {
		return nil, err
	}
	me, err := m.withJobs(ctx, t, identity.Caller(ctx))
	if err != nil {
		return nil, err
	}
	return &mobilev1.SetDutyResponse{Me: me}, nil
}
