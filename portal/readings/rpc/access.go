package rpc

import (
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Access gives the rules of ReadingService and ReadingDeskService.
func Access() rpc.Access {
	customers := rpc.Only(identity.RoleCustomer)
	staff := rpc.Only(identity.RoleDispatcher, identity.RoleAdmin)
	return rpc.Access{
		portalv1connect.ReadingServiceListMetersProcedure:         customers,
		portalv1connect.ReadingServiceSubmitReadingsProcedure:     customers,
		portalv1connect.ReadingServiceCorrectReadingProcedure:     customers,
		portalv1connect.ReadingServiceListReadingsProcedure:       customers,
		portalv1connect.ReadingServiceGetUsageProcedure:           customers,
		portalv1connect.ReadingServiceExportUsageProcedure:        customers,
		portalv1connect.ReadingServiceStartUploadProcedure:        customers,
		portalv1connect.ReadingServiceSendPieceProcedure:          customers,
		portalv1connect.ReadingServiceCheckUploadProcedure:        customers,
		portalv1connect.ReadingServiceGetUploadProcedure:          customers,
		portalv1connect.ReadingServiceListUploadRowsProcedure:     customers,
		portalv1connect.ReadingServiceCorrectRowsProcedure:        customers,
		portalv1connect.ReadingServiceApplyUploadProcedure:        customers,
		portalv1connect.ReadingServiceResolveReadingLinkProcedure: customers,

		backofficev1connect.ReadingDeskServiceEnterReadingsProcedure:  staff,
		backofficev1connect.ReadingDeskServiceCorrectReadingProcedure: staff,
		backofficev1connect.ReadingDeskServiceListReadingsProcedure:   staff,
		backofficev1connect.ReadingDeskServiceListCountriesProcedure:  staff,
		backofficev1connect.ReadingDeskServiceSetCountryProcedure:     rpc.Only(identity.RoleAdmin),
	}
}
