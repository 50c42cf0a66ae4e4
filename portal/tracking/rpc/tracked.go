package rpc

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchrpc "utsendt/dispatch/rpc"
	portalrpc "utsendt/portal/rpc"
	"utsendt/portal/tracking"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// tracked picks what somebody with a link may know. Of the place that is the city, of the technician the first name, and
// where they are only while they are on the way to it; of who asked, why, and what was said, nothing.
func tracked(s tracking.Seen) *portalv1.Tracked {
	r := s.Request
	out := &portalv1.Tracked{
		Number: r.Number, State: dispatchrpc.State(r.State), OpenedAt: timestamppb.New(r.OpenedAt),
		DispatchedAt: dispatchrpc.Time(r.DispatchedAt), EnRouteAt: dispatchrpc.Time(r.EnRouteAt),
		OnSiteAt: dispatchrpc.Time(r.OnSiteAt), EndedAt: dispatchrpc.Time(r.EndedAt),
		Window:      dispatchrpc.Window(r.WindowStart, r.WindowEnd),
		DeviceModel: r.Device.Model, DeviceName: r.Device.FriendlyName, City: r.Place.City, TimeZone: r.Place.TimeZone,
		Tracking: portalrpc.Tracking(s.Sight), ExpiresAt: timestamppb.New(s.Until),
	}
	if r.Visit != nil {
		out.TechnicianFirstName = r.Visit.TechnicianFirstName
		out.PlannedArrival = timestamppb.New(r.Visit.PlannedArrival)
	}
	return out
}
