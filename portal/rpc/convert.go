package rpc

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/portal"
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

// request shows what a customer may know: of the technician the first name, and of the visit when it is planned.
func request(r *dispatch.Request) *portalv1.Request {
	out := &portalv1.Request{
		Id: r.ID.String(), Number: r.Number, State: dispatchrpc.State(r.State), Version: r.Version,
		Device: dispatchrpc.Device(r.Device), Place: dispatchrpc.Place(r.Place), Contact: dispatchrpc.Contact(r.Contact),
		Category: dispatchrpc.Category(r.Category), Description: r.Description, OpenedAt: timestamppb.New(r.OpenedAt),
		Window: dispatchrpc.Window(r.WindowStart, r.WindowEnd), DispatchedAt: dispatchrpc.Time(r.DispatchedAt),
		EnRouteAt: dispatchrpc.Time(r.EnRouteAt), OnSiteAt: dispatchrpc.Time(r.OnSiteAt),
		EndedAt: dispatchrpc.Time(r.EndedAt), Outcome: r.Outcome,
	}
	if r.Visit != nil {
		out.TechnicianFirstName = r.Visit.TechnicianFirstName
		out.PlannedArrival = timestamppb.New(r.Visit.PlannedArrival)
	}
	return out
}

// activities shows a history without who in the office did what.
func activities(rows []dispatch.Activity) []*portalv1.Activity {
	out := make([]*portalv1.Activity, len(rows))
	for i := range rows {
		a := &rows[i]
		out[i] = &portalv1.Activity{
			Sequence: a.Sequence, Kind: a.Kind, Text: a.CustomerText(), TechnicianFirstName: a.TechnicianName,
			At: timestamppb.New(a.HappenedAt()),
		}
		if a.To != "" {
			state := dispatchrpc.State(a.To)
			out[i].State = &state
		}
	}
	return out
}

func tracking(s dispatch.Sight) *portalv1.Tracking {
	if s.Tracking == nil {
		return nil
	}
	return &portalv1.Tracking{
		TechnicianFirstName: s.Tracking.FirstName,
		Position:            dispatchrpc.Position(s.Tracking.Position, s.Now), Eta: dispatchrpc.ETA(s.Tracking.ETA),
	}
}
