package rpc

import (
	"context"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	"utsendt/internal/identity"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

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
	out.SiteNotes = j.SiteNotes
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
