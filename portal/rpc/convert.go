package rpc

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/portal"
	"utsendt/portal/glance"
	suppliesrpc "utsendt/portal/supplies/rpc"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

func device(d *portal.ListedDevice) *portalv1.Device {
	out := &portalv1.Device{
		Id: d.ID.String(), SerialNumber: d.SerialNumber, FriendlyName: d.FriendlyName, Model: d.Model.Name,
		SiteName: d.Site.Name, Place: dispatchrpc.Place(portal.PlaceOf(d.Site)),
	}
	if d.Open != nil {
		out.OpenRequestId, out.OpenRequestNumber = d.Open.ID.String(), d.Open.Number
		out.OpenRequestState = dispatchrpc.State(dispatch.State(d.Open.State))
	}
	return out
}

func deviceGlance(g glance.Glance) *portalv1.DeviceGlance {
	out := &portalv1.DeviceGlance{OrderNumber: g.OrderNumber, ReadingDue: g.ReadingDue}
	if low := g.LowToner; low != nil {
		out.LowToner = &portalv1.LowToner{
			Colour: suppliesrpc.Colour(low.Colour), RunsOutAt: dispatchrpc.Time(&low.RunsOut), OnOrder: low.OnOrder,
		}
	}
	return out
}

func overview(o portal.Overview) *portalv1.GetDeviceResponse {
	out := &portalv1.GetDeviceResponse{
		Device:   device(&portal.ListedDevice{Device: o.Device, Model: o.Model, Site: o.Site, Open: o.Open}),
		Counters: o.Counters, BackupEmail: o.BackupEmail, Reminders: o.Reminders, LastReadingAt: dispatchrpc.Time(o.LastReadingAt),
		LastOrderNumber: o.LastOrderNumber,
	}
	if o.LastOrderNumber != "" {
		out.LastOrderId = o.LastOrderID.String()
	}
	if c := o.Contract; c != nil {
		out.Contract = &portalv1.DeviceContract{Number: c.Number, StartsOn: c.StartsOn.Format(time.DateOnly), InForce: o.InForce}
		if c.EndsOn != nil {
			out.Contract.EndsOn = c.EndsOn.Format(time.DateOnly)
		}
		hours := func(h *int) *int32 {
			if h == nil {
				return nil
			}
			return new(int32(*h)) //nolint:gosec // at most 10000, says the table
		}
		out.Contract.ResponseHours, out.Contract.ResolutionHours = hours(c.ResponseHours), hours(c.ResolutionHours)
	}
	return out
}

// request shows what a customer may know: of the technician the first name, and of the visit when it is planned.
func request(r *dispatch.Request) *portalv1.Request {
	out := &portalv1.Request{
		Id: r.ID.String(), Number: r.Number, State: dispatchrpc.State(r.State), Version: r.Version,
		Device: dispatchrpc.Device(r.Device), Place: dispatchrpc.Place(r.Place), Contact: dispatchrpc.Contact(r.Contact),
		Category: dispatchrpc.Category(r.Category), Description: r.Description, OpenedAt: timestamppb.New(r.OpenedAt),
		Window: dispatchrpc.Window(r.WindowStart, r.WindowEnd), DispatchedAt: dispatchrpc.Time(r.DispatchedAt),
		EnRouteAt: dispatchrpc.Time(r.EnRouteAt), OnSiteAt: dispatchrpc.Time(r.OnSiteAt),
		EndedAt: dispatchrpc.Time(r.EndedAt), Outcome: r.Outcome, MayUpdate: r.State.Updatable(),
	}
	if r.Visit != nil {
		out.TechnicianFirstName = r.Visit.TechnicianFirstName
		out.PlannedArrival = timestamppb.New(r.Visit.PlannedArrival)
	}
	return out
}

// activities shows a history without who in the office did what, and where the request stood from each line on.
func activities(rows []dispatch.Activity) []*portalv1.Activity {
	out := make([]*portalv1.Activity, len(rows))
	stood := dispatch.ToBeScheduled
	for i := range rows {
		a := &rows[i]
		if a.To != "" {
			stood = a.To
		}
		state := dispatchrpc.State(stood)
		out[i] = &portalv1.Activity{
			Sequence: a.Sequence, Kind: a.Kind, Text: a.CustomerText(), TechnicianFirstName: a.TechnicianName,
			At: timestamppb.New(a.HappenedAt()), State: &state,
		}
	}
	return out
}

// Tracking translates where the technician is and when they will be there; absent unless they are on the way.
func Tracking(s dispatch.Sight) *portalv1.Tracking {
	if s.Tracking == nil {
		return nil
	}
	return &portalv1.Tracking{
		TechnicianFirstName: s.Tracking.FirstName,
		Position:            dispatchrpc.Position(s.Tracking.Position, s.Now), Eta: dispatchrpc.ETA(s.Tracking.ETA),
	}
}

func accountChange(c dispatch.AccountChange) *portalv1.WatchRequestsResponse {
	switch {
	case c.Request != nil:
		return &portalv1.WatchRequestsResponse{Change: &portalv1.WatchRequestsResponse_Request{Request: request(c.Request)}}
	case c.Complete != nil:
		return &portalv1.WatchRequestsResponse{Change: &portalv1.WatchRequestsResponse_SnapshotComplete{SnapshotComplete: int32(*c.Complete)}}
	case c.Heartbeat:
		return &portalv1.WatchRequestsResponse{Change: &portalv1.WatchRequestsResponse_Heartbeat{Heartbeat: true}}
	}
	return &portalv1.WatchRequestsResponse{Change: &portalv1.WatchRequestsResponse_GoneRequestId{GoneRequestId: c.Gone.String()}}
}

// Photos translates what there is to know of photos, with where they are fetched.
func Photos(all []portal.Photo) []*portalv1.Photo {
	out := make([]*portalv1.Photo, len(all))
	for i, p := range all {
		url := "/photos/" + p.ID.String()
		out[i] = &portalv1.Photo{
			Id: p.ID.String(), ContentType: p.ContentType, Width: int32(p.Width), Height: int32(p.Height), Size: p.Size,
			UploadedAt: timestamppb.New(p.UploadedAt), Url: url, ThumbnailUrl: url + "?size=thumb",
		}
	}
	return out
}
