package rpc

import (
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Access gives the rules of PortalService and VisitService.
func Access() rpc.Access {
	customers := rpc.Only(identity.RoleCustomer)
	return rpc.Access{
		portalv1connect.PortalServiceGetDeviceProcedure:           customers,
		portalv1connect.PortalServiceListDevicesProcedure:         customers,
		portalv1connect.PortalServiceGetOverviewProcedure:         customers,
		portalv1connect.PortalServiceListFaultCategoriesProcedure: customers,
		portalv1connect.PortalServiceOpenRequestProcedure:         customers,
		portalv1connect.PortalServiceUpdateRequestProcedure:       customers,
		portalv1connect.PortalServiceListRequestsProcedure:        customers,
		portalv1connect.PortalServiceGetRequestProcedure:          customers,
		portalv1connect.PortalServiceWatchRequestProcedure:        customers,
		portalv1connect.PortalServiceWatchRequestsProcedure:       customers,
		portalv1connect.VisitServiceListVisitsProcedure:           customers,
	}
}
