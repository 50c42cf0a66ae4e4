package rpc

import (
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Access gives the rules of TrackingService.
func Access() rpc.Access {
	sharers := rpc.Only(identity.RoleCustomer, identity.RoleDispatcher, identity.RoleAdmin)
	return rpc.Access{
		portalv1connect.TrackingServiceShareRequestProcedure:  sharers,
		portalv1connect.TrackingServiceListSharesProcedure:    sharers,
		portalv1connect.TrackingServiceRevokeShareProcedure:   sharers,
		portalv1connect.TrackingServiceGetTrackingProcedure:   rpc.Everyone,
		portalv1connect.TrackingServiceWatchTrackingProcedure: rpc.Everyone,
	}
}
