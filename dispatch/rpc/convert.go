package rpc

import (
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
)

// Time translates an optional time; absent is absent, never zero.
func Time(t *time.Time) *timestamppb.Timestamp {
	if t == nil || t.IsZero() {
		return nil
	}
	return timestamppb.New(*t)
}

// TimeOf translates an optional time back. One that no calendar has is Invalid.
func TimeOf(field string, t *timestamppb.Timestamp) (*time.Time, error) {
	if t == nil {
		return nil, nil
	}
	if err := t.CheckValid(); err != nil {
		return nil, fault.NewInvalid(field, "time_invalid", "This is no time that a calendar has.")
	}
	// What PostgreSQL can store, and a little less than what text forms of time have room for.
	at := t.AsTime().Truncate(time.Microsecond)
	if at.Year() < 1970 || at.Year() > 2200 {
		return nil, fault.NewInvalid(field, "time_out_of_range", "The time must lie between 1970 and 2200.")
	}
	return &at, nil
}

// WindowOf translates an optional span of time.
func WindowOf(field string, w *dispatchv1.Window) (*dispatch.Span, error) {
	if w == nil {
		return nil, nil
	}
	if w.Start == nil || w.End == nil {
		return nil, fault.NewInvalid(field, "window_incomplete", "A span of time needs a beginning and an end.")
	}
	start, err := TimeOf(field+".start", w.Start)
	if err != nil {
		return nil, err
	}
	end, err := TimeOf(field+".end", w.End)
	if err != nil {
		return nil, err
	}
	return &dispatch.Span{Start: *start, End: *end}, nil
}

// ID reads a UUID; an empty text is uuid.Nil, which as text is no id of anything.
func ID(field, s string) (uuid.UUID, error) {
	if s == "" {
		return uuid.Nil, nil
	}
	id, err := uuid.Parse(s)
	if err != nil || id == uuid.Nil {
		return uuid.Nil, fault.NewInvalid(field, "id_invalid", "This is no id.")
	}
	return id, nil
}

// Window translates a span of time given by its ends, absent when either is.
func Window(start, end *time.Time) *dispatchv1.Window {
	if start == nil || end == nil {
		return nil
	}
	return &dispatchv1.Window{Start: timestamppb.New(*start), End: timestamppb.New(*end)}
}

// Device translates a request's snapshot of the device.
func Device(d dispatch.Device) *dispatchv1.DeviceSnapshot {
	return &dispatchv1.DeviceSnapshot{
		Id: d.ID.String(), SerialNumber: d.SerialNumber, Model: d.Model, FriendlyName: d.FriendlyName,
	}
}

// Place translates a request's address with its position.
func Place(p dispatch.Place) *dispatchv1.Place {
	out := &dispatchv1.Place{
		Line1: p.Line1, Line2: p.Line2, Line3: p.Line3, PostalCode: p.PostalCode, City: p.City, Country: p.Country,
		Quality: qualities.toProto[p.Quality], TimeZone: p.TimeZone,
	}
	if at, ok := p.Point(); ok {
		out.Point = &livev1.Point{Latitude: at.Lat(), Longitude: at.Lon()}
	}
	return out
}

// contactOf translates whom to ask for back.
func contactOf(c *dispatchv1.Contact) dispatch.Contact {
	return dispatch.Contact{Name: c.GetName(), Phone: c.GetPhone(), Email: c.GetEmail()}
}

// Contact translates whom to ask for.
func Contact(c dispatch.Contact) *dispatchv1.Contact {
	return &dispatchv1.Contact{Name: c.Name, Phone: c.Phone, Email: c.Email}
}

// Position translates a position, with its age at now.
func Position(p *dispatch.Position, now time.Time) *livev1.Position {
	if p == nil {
		return nil
	}
	age := p.Age(now)
	return &livev1.Position{
		Point:          &livev1.Point{Latitude: p.Point.Lat(), Longitude: p.Point.Lon()},
		AccuracyMetres: p.Accuracy, Speed: p.Speed, Heading: p.Heading,
		RecordedAt: timestamppb.New(p.RecordedAt), AgeSeconds: int64(age.Seconds()), Stale: age > dispatch.Stale,
	}
}

// ETA translates a time of arrival; absent is absent.
func ETA(e *dispatch.ETA) *livev1.Eta {
	if e == nil {
		return nil
	}
	return &livev1.Eta{
		Earliest: timestamppb.New(e.Earliest), Latest: timestamppb.New(e.Latest), MadeAt: timestamppb.New(e.MadeAt),
		Source: e.Source, DistanceMetres: e.Distance,
	}
}

func visit(v *dispatch.Visit) *dispatchv1.Visit {
	if v == nil {
		return nil
	}
	return &dispatchv1.Visit{
		Id: v.ID.String(), TechnicianId: v.TechnicianID.String(), TechnicianName: v.TechnicianName,
		State: visitStates.toProto[v.State], Planned: Window(&v.During.Start, &v.During.End),
		PlannedArrival: timestamppb.New(v.PlannedArrival), AssignedAt: timestamppb.New(v.AssignedAt),
		AcceptedAt: Time(v.AcceptedAt), EnRouteAt: Time(v.EnRouteAt), OnSiteAt: Time(v.OnSiteAt), EndedAt: Time(v.EndedAt),
	}
}

func request(r *dispatch.Request) *dispatchv1.Request {
	return &dispatchv1.Request{
		Id: r.ID.String(), Number: r.Number, State: State(r.State), Version: r.Version,
		AccountId: r.AccountID.String(), AccountName: r.AccountName,
		Device: Device(r.Device), Place: Place(r.Place), Contact: Contact(r.Contact),
		Category: Category(r.Category), Description: r.Description, Priority: priorities.toProto[r.Priority],
		Skills: r.Skills, Parts: r.Parts, OpenedAt: timestamppb.New(r.OpenedAt),
		RespondBy: Time(r.RespondBy), ResolveBy: Time(r.ResolveBy), Window: Window(r.WindowStart, r.WindowEnd),
		Visit: visit(r.Visit), EndedAt: Time(r.EndedAt), Outcome: r.Outcome,
	}
}

func requests(rows []*dispatch.Request) []*dispatchv1.Request {
	out := make([]*dispatchv1.Request, len(rows))
	for i, r := range rows {
		out[i] = request(r)
	}
	return out
}

func activities(rows []dispatch.Activity) []*dispatchv1.Activity {
	out := make([]*dispatchv1.Activity, len(rows))
	for i := range rows {
		a := &rows[i]
		out[i] = &dispatchv1.Activity{
			Sequence: a.Sequence, Kind: a.Kind, Actor: a.ActorName, ActorRole: a.ActorRole,
			From: stateOrNil(a.From), To: stateOrNil(a.To), Text: a.Text, TechnicianName: a.TechnicianName,
			At: timestamppb.New(a.At), PhoneClockWrong: a.PhoneClockWrong(),
		}
		if a.PhoneAt != nil {
			out[i].PhoneAt = timestamppb.New(a.HappenedAt())
		}
	}
	return out
}

func stateOrNil(s dispatch.State) *dispatchv1.RequestState {
	if s == "" {
		return nil
	}
	p := State(s)
	return &p
}

func events(list []dispatch.Event) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = string(e)
	}
	return out
}

func technician(t *dispatch.Seen, now time.Time) *dispatchv1.Technician {
	out := &dispatchv1.Technician{
		Id: t.ID.String(), Number: t.Number, FirstName: t.FirstName, LastName: t.LastName, Phone: t.Phone,
		Skills: t.Skills, OnDuty: t.OnDuty, Position: Position(t.Position, now), OpenJobs: int32(t.OpenJobs),
		CurrentRequestNumber: t.CurrentNumber,
		Home:                 &livev1.Point{Latitude: t.HomeLatitude, Longitude: t.HomeLongitude}, Territory: t.Territory,
	}
	if t.CurrentRequest != uuid.Nil {
		out.CurrentRequestId = t.CurrentRequest.String()
	}
	return out
}

func candidate(c *dispatch.Candidate, now time.Time) *dispatchv1.Candidate {
	out := &dispatchv1.Candidate{
		Technician: technician(&dispatch.Seen{Technician: c.Technician, Position: c.Position, OpenJobs: c.OpenJobs}, now),
		Eligible:   c.Eligible, DistanceMetres: c.Distance,
		TravelSeconds: int64(c.Fit.Travel.Duration.Seconds()), TravelSource: c.Fit.Travel.Source,
	}
	if c.Eligible {
		out.DepartAt, out.DoneAt = timestamppb.New(c.Fit.During.Start), timestamppb.New(c.Fit.During.End)
		out.ArriveAt = timestamppb.New(c.Fit.Arrival)
	}
	for _, r := range c.Reasons {
		out.Reasons = append(out.Reasons, &dispatchv1.Reason{Code: r.Code, Good: r.Good, Text: r.Text, Params: r.Params})
	}
	return out
}
