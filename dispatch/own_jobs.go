package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/geo"
	"utsendt/internal/identity"
	"utsendt/internal/live"
)

// OwnJob is one live visit of the technician who asks, with what is needed at the door.
type OwnJob struct {
	Request *Request
	Allowed []Event
	// Activities and Earlier only where one job was asked for.
	Activities []Activity
	Earlier    []*Request
	// Counters of the device, and VanStock of the technician; only where one job was asked for.
	Counters []Counter
	VanStock []PartUsed
	// SiteNotes say how to get in; only where one job was asked for.
	SiteNotes string
}

// SiteNotesHook gives what the office has written about the site where a device stands, as plain text; empty where the place
// of the job is another.
type SiteNotesHook func(ctx context.Context, device uuid.UUID, place Place) (string, error)

// earlierShown is how many past requests of the device a technician sees.
const earlierShown = 10

// Jobs gives the technician's live jobs in the planned order.
func (s *Service) Jobs(ctx context.Context, actor identity.Actor) ([]OwnJob, error) {
	if err := mayWork(actor); err != nil {
		return nil, err
	}
	var rows []*Request
	if err := s.db.NewSelect().Model(&rows).Join("JOIN visits AS v ON v.id = r.visit_id").
		Where("r.technician_id = ?", actor.TechnicianID).
		OrderExpr("v.state IN ('en_route', 'on_site') DESC, lower(v.during), r.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("dispatch: reading jobs: %w", err)
	}
	if err := s.attachVisits(ctx, s.db, rows); err != nil {
		return nil, err
	}
	jobs := make([]OwnJob, len(rows))
	for i, r := range rows {
		jobs[i] = OwnJob{Request: r, Allowed: Allowed(r.State, actor.Role)}
	}
	return jobs, nil
}

// Job gives one live job of the technician with its history and that of the device. One that is not theirs is
// ErrNoRequest.
func (s *Service) Job(ctx context.Context, actor identity.Actor, request uuid.UUID) (OwnJob, error) {
	if err := mayWork(actor); err != nil {
		return OwnJob{}, err
	}
	r, err := s.request(ctx, s.db, request)
	if err != nil {
		return OwnJob{}, err
	}
	if r.TechnicianID != actor.TechnicianID {
		return OwnJob{}, ErrNoRequest
	}
	if err := s.attachVisits(ctx, s.db, []*Request{r}); err != nil {
		return OwnJob{}, err
	}
	job := OwnJob{Request: r, Allowed: Allowed(r.State, actor.Role)}
	if job.Activities, err = readActivities(ctx, s.db, r.ID); err != nil {
		return OwnJob{}, err
	}
	if err := s.db.NewSelect().Model(&job.Earlier).Where("device_id = ? AND r.id <> ?", r.Device.ID, r.ID).
		OrderExpr("opened_at DESC").Limit(earlierShown).Scan(ctx); err != nil {
		return OwnJob{}, fmt.Errorf("dispatch: reading the device's history: %w", err)
	}
	if s.counters != nil {
		if job.Counters, err = s.counters(ctx, r.Device.ID); err != nil {
			return OwnJob{}, err
		}
	}
	if s.siteNotes != nil {
		if job.SiteNotes, err = s.siteNotes(ctx, r.Device.ID, r.Place); err != nil {
			return OwnJob{}, err
		}
	}
	if err := s.db.NewRaw(`SELECT part_number, quantity FROM van_stock WHERE technician_id = ? AND quantity > 0 ORDER BY part_number COLLATE "C"`,
		actor.TechnicianID).Scan(ctx, &job.VanStock); err != nil {
		return OwnJob{}, fmt.Errorf("dispatch: reading van stock: %w", err)
	}
	return job, nil
}

// ReportEvery is how often a phone on duty with these jobs should report its position, as long as no report of its own
// was answered with something better.
func ReportEvery(jobs []OwnJob) time.Duration {
	doing := geo.Idle
	for _, j := range jobs {
		switch {
		case j.Request.State == EnRoute:
			doing = geo.EnRoute
		case j.Request.State == OnSite:
			doing = geo.OnSite
		case doing == geo.Idle:
			doing = geo.Assigned
		}
	}
	const unknown = -1 // metres to go
	return geo.ReportEvery(doing, unknown, nil)
}

// OwnJobs is what a technician's stream sends.
type OwnJobs struct {
	Jobs       []OwnJob
	Technician *Technician
	Heartbeat  bool
}

// FollowJobs sends the technician's live jobs now, and whole again at each change, until ctx ends or send fails. Each
// change of a job or of the plan signals its technicians, so their own subject is enough.
func (s *Service) FollowJobs(ctx context.Context, actor identity.Actor, send func(OwnJobs) error) error {
	if err := mayWork(actor); err != nil {
		return err
	}
	sub := s.bus.Subscribe(technicianSubject(actor.TechnicianID))
	defer sub.Close()
	last := ""
	read := func() error {
		jobs, err := s.Jobs(ctx, actor)
		if err != nil {
			return err
		}
		t, err := s.Technician(ctx, actor)
		if err != nil {
			return err
		}
		fingerprint := fmt.Sprint(t.Version)
		for _, j := range jobs {
			fingerprint += fmt.Sprintf(" %s@%d %d", j.Request.ID, j.Request.Version, j.Request.Visit.PlannedArrival.UnixMicro())
		}
		if fingerprint == last {
			return nil
		}
		last = fingerprint
		return send(OwnJobs{Jobs: jobs, Technician: t})
	}
	if err := read(); err != nil {
		return err
	}
	return s.listen(ctx, sub, listener{
		every:     s.reread,
		read:      read,
		signalled: func([]live.Signal) error { return read() },
		beat:      func() error { return send(OwnJobs{Heartbeat: true}) },
	})
}
