package rpc

import (
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/dispatch/v1/dispatchv1connect"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
)

// Access gives the rules of DispatchService and MobileService.
func Access() rpc.Access {
	office := rpc.Only(identity.RoleDispatcher, identity.RoleAdmin)
	field := rpc.Only(identity.RoleTechnician)
	return rpc.Access{
		dispatchv1connect.DispatchServiceListRequestsProcedure:    office,
		dispatchv1connect.DispatchServiceGetRequestProcedure:      office,
		dispatchv1connect.DispatchServiceListVisitsProcedure:      office,
		dispatchv1connect.DispatchServiceOpenRequestProcedure:     office,
		dispatchv1connect.DispatchServiceListCandidatesProcedure:  office,
		dispatchv1connect.DispatchServiceAssignProcedure:          office,
		dispatchv1connect.DispatchServiceAutoAssignProcedure:      office,
		dispatchv1connect.DispatchServiceReassignProcedure:        office,
		dispatchv1connect.DispatchServiceRecallProcedure:          office,
		dispatchv1connect.DispatchServiceCancelProcedure:          office,
		dispatchv1connect.DispatchServiceScheduleProcedure:        office,
		dispatchv1connect.DispatchServiceAddNoteProcedure:         office,
		dispatchv1connect.DispatchServiceListTechniciansProcedure: office,
		dispatchv1connect.DispatchServiceListEndedVisitsProcedure: office,
		dispatchv1connect.DispatchServiceWatchBoardProcedure:      office,

		mobilev1connect.MobileServiceSignInProcedure:          rpc.Everyone,
		mobilev1connect.MobileServiceSignOutProcedure:         rpc.Everyone,
		mobilev1connect.MobileServiceGetMeProcedure:           field.BeforeNewPassword(),
		mobilev1connect.MobileServiceSetDutyProcedure:         field,
		mobilev1connect.MobileServiceListJobsProcedure:        field,
		mobilev1connect.MobileServiceGetJobProcedure:          field,
		mobilev1connect.MobileServiceAcceptProcedure:          field,
		mobilev1connect.MobileServiceDeclineProcedure:         field,
		mobilev1connect.MobileServiceEnRouteProcedure:         field,
		mobilev1connect.MobileServiceOnSiteProcedure:          field,
		mobilev1connect.MobileServiceCompleteProcedure:        field,
		mobilev1connect.MobileServiceListOperationsProcedure:  field,
		mobilev1connect.MobileServiceStartUploadProcedure:     field,
		mobilev1connect.MobileServiceAppendUploadProcedure:    field,
		mobilev1connect.MobileServiceGetUploadProcedure:       field,
		mobilev1connect.MobileServiceListVisitsProcedure:      field,
		mobilev1connect.MobileServiceGetGuideProcedure:        field,
		mobilev1connect.MobileServiceReportPositionsProcedure: field,
		mobilev1connect.MobileServiceStreamPositionsProcedure: field,
		mobilev1connect.MobileServiceWatchJobsProcedure:       field,
	}
}
