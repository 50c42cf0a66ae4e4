package rpc

import (
	"context"

	"connectrpc.com/connect"
	"github.com/google/uuid"
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

// ListJobs lists my live jobs.
func (m *Mobile) ListJobs(ctx context.Context, _ *mobilev1.ListJobsRequest) (*mobilev1.ListJobsResponse, error) {
	list, err := m.service.Jobs(ctx, identity.Caller(ctx))
	if err != nil {
		return nil, err
	}
	return &mobilev1.ListJobsResponse{Jobs: jobs(list)}, nil
}

// GetJob gives one job with its history.
func (m *Mobile) GetJob(ctx context.Context, req *mobilev1.GetJobRequest) (*mobilev1.GetJobResponse, error) {
	id, err := ID("request_id", req.RequestId)
	if err != nil {
		return nil, err
	}
	j, err := m.service.Job(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	out := job(j)
	actor := identity.Caller(ctx)
	names, err := m.visits.namesOf(ctx, j.VanStock)
	if err != nil {
		return nil, err
	}
	for _, p := range j.VanStock {
		out.VanStock = append(out.VanStock, &mobilev1.VanPart{PartNumber: p.PartNumber, Quantity: int32(p.Quantity), Name: names[p.PartNumber]})
	}
	for _, c := range j.Counters {
		out.Counters = append(out.Counters, &mobilev1.DeviceCounter{Counter: c.Name, LastValue: c.Last, LastTakenAt: Time(c.LastAt)})
	}
	if out.Guide, err = m.guide.ForJob(ctx, j.Request.Device.ID, j.Request.Category, actor.Language); err != nil {
		return nil, err
	}
	return &mobilev1.GetJobResponse{Job: out}, nil
}

// GetGuide gives an article to read.
func (m *Mobile) GetGuide(ctx context.Context, req *mobilev1.GetGuideRequest) (*mobilev1.GetGuideResponse, error) {
	a, err := m.guide.Article(ctx, req.Slug, identity.Caller(ctx).Language)
	if err != nil {
		return nil, err
	}
	return &mobilev1.GetGuideResponse{Article: a}, nil
}

// ListVisits lists the visits to a request with what was done.
func (m *Mobile) ListVisits(ctx context.Context, req *mobilev1.ListVisitsRequest) (*mobilev1.ListVisitsResponse, error) {
	id, err := ID("request_id", req.RequestId)
	if err != nil {
		return nil, err
	}
	list, err := m.service.VisitReports(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	reports, err := m.visits.reports(ctx, list)
	if err != nil {
		return nil, err
	}
	return &mobilev1.ListVisitsResponse{Visits: reports}, nil
}

// Accept takes the job.
func (m *Mobile) Accept(ctx context.Context, req *mobilev1.AcceptRequest) (*mobilev1.AcceptResponse, error) {
	j, err := m.step(ctx, req, m.service.Accept)
	if err != nil {
		return nil, err
	}
	return &mobilev1.AcceptResponse{Job: j}, nil
}

// Decline gives the job back.
func (m *Mobile) Decline(ctx context.Context, req *mobilev1.DeclineRequest) (*mobilev1.DeclineResponse, error) {
	op, id, err := phoneTarget(req)
	if err != nil {
		return nil, err
	}
	if _, err := m.service.Decline(ctx, identity.Caller(ctx), op, id, req.Reason); err != nil {
		return nil, err
	}
	return &mobilev1.DeclineResponse{}, nil
}

// EnRoute leaves for the job.
func (m *Mobile) EnRoute(ctx context.Context, req *mobilev1.EnRouteRequest) (*mobilev1.EnRouteResponse, error) {
	j, err := m.step(ctx, req, m.service.Depart)
	if err != nil {
		return nil, err
	}
	return &mobilev1.EnRouteResponse{Job: j}, nil
}

// OnSite arrives at the job.
func (m *Mobile) OnSite(ctx context.Context, req *mobilev1.OnSiteRequest) (*mobilev1.OnSiteResponse, error) {
	j, err := m.step(ctx, req, m.service.Arrive)
	if err != nil {
		return nil, err
	}
	return &mobilev1.OnSiteResponse{Job: j}, nil
}

// Complete ends the visit.
func (m *Mobile) Complete(ctx context.Context, req *mobilev1.CompleteRequest) (*mobilev1.CompleteResponse, error) {
	op, id, err := phoneTarget(req)
	if err != nil {
		return nil, err
	}
	d := dispatch.Completion{
		Outcome: outcomes.toDomain[req.Outcome], Text: req.Text, PartsMissing: req.PartsMissing, SignedBy: req.SignedBy,
	}
	for _, p := range req.PartsUsed {
		d.PartsUsed = append(d.PartsUsed, dispatch.PartUsed{PartNumber: p.PartNumber, Quantity: int(p.Quantity)})
	}
	for _, r := range req.Readings {
		d.Readings = append(d.Readings, dispatch.Reading{Counter: r.Counter, Value: r.Value})
	}
	r, err := m.service.Finish(ctx, identity.Caller(ctx), op, id, d)
	if err != nil {
		return nil, err
	}
	return &mobilev1.CompleteResponse{State: State(r.State), Version: r.Version}, nil
}

func (m *Mobile) step(ctx context.Context, req stepRequest,
	take func(context.Context, identity.Actor, dispatch.Operation, uuid.UUID) (*dispatch.Request, error),
) (*mobilev1.Job, error) {
	op, id, err := phoneTarget(req)
	if err != nil {
		return nil, err
	}
	r, err := take(ctx, identity.Caller(ctx), op, id)
	if err != nil {
		return nil, err
	}
	return job(dispatch.OwnJob{Request: r, Allowed: dispatch.Allowed(r.State, identity.RoleTechnician)}), nil
}

// stepRequest is what all steps have.
type stepRequest interface {
	GetOperation() *mobilev1.Operation
	GetRequestId() string
	GetVisitId() string
}

func phoneTarget(req stepRequest) (dispatch.Operation, uuid.UUID, error) {
	op, err := phoneOperation(req.GetOperation())
	if err != nil {
		return op, uuid.Nil, err
	}
	if op.Visit, err = ID("visit_id", req.GetVisitId()); err != nil {
		return op, uuid.Nil, err
	}
	id, err := ID("request_id", req.GetRequestId())
	return op, id, err
}

func phoneOperation(o *mobilev1.Operation) (dispatch.Operation, error) {
	op, err := operation(o.GetId())
	if err != nil {
		return op, err
	}
	if op.PhoneAt, err = TimeOf("operation.phone_time", o.GetPhoneTime()); err != nil {
		return op, err
	}
	op.SentAt, err = TimeOf("operation.sent_phone_time", o.GetSentPhoneTime())
	return op, err
}

func jobs(list []dispatch.OwnJob) []*mobilev1.Job {
	out := make([]*mobilev1.Job, len(list))
	for i, j := range list {
		out[i] = job(j)
	}
	return out
}

func job(j dispatch.OwnJob) *mobilev1.Job {
	r := j.Request
	out := &mobilev1.Job{
		RequestId: r.ID.String(), Number: r.Number, State: State(r.State), Version: r.Version,
		AccountName: r.AccountName, Device: Device(r.Device), Contact: Contact(r.Contact), Place: Place(r.Place),
		Category: Category(r.Category), Description: r.Description, Priority: priorities.toProto[r.Priority],
		Parts: r.Parts, AgreedWindow: Window(r.WindowStart, r.WindowEnd), RespondBy: Time(r.RespondBy),
		ResolveBy: Time(r.ResolveBy), Allowed: events(j.Allowed),
	}
	if v := r.Visit; v != nil {
		out.VisitId, out.VisitState = v.ID.String(), visitStates.toProto[v.State]
		out.Planned, out.PlannedArrival = Window(&v.During.Start, &v.During.End), timestamppb.New(v.PlannedArrival)
	}
	if len(j.Activities) > 0 {
		out.Activities = activities(j.Activities)
	}
	for _, e := range j.Earlier {
		out.Earlier = append(out.Earlier, &mobilev1.EarlierRequest{
			Number: e.Number, Category: Category(e.Category), Description: e.Description, Outcome: e.Outcome,
			OpenedAt: timestamppb.New(e.OpenedAt), EndedAt: Time(e.EndedAt), RequestId: e.ID.String(),
		})
	}
	return out
}

// WatchJobs streams my jobs.
func (m *Mobile) WatchJobs(ctx context.Context, _ *mobilev1.WatchJobsRequest, stream *connect.ServerStream[mobilev1.WatchJobsResponse]) error {
	actor := identity.Caller(ctx)
	return m.service.FollowJobs(ctx, actor, func(o dispatch.OwnJobs) error {
		if o.Heartbeat {
			return stream.Send(&mobilev1.WatchJobsResponse{Heartbeat: true})
		}
		return stream.Send(&mobilev1.WatchJobsResponse{Jobs: jobs(o.Jobs), Me: m.technicianMe(o.Technician, actor, o.Jobs)})
	})
}
