package rpc

import (
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Access gives the rules of the three services.
func Access() rpc.Access {
	customers, staff := rpc.Only(identity.RoleCustomer), rpc.Only(identity.RoleDispatcher, identity.RoleAdmin)
	return rpc.Access{
		portalv1connect.RegistrationServiceRegisterDeviceProcedure:     customers,
		portalv1connect.RegistrationServiceListSiblingsProcedure:       customers,
		portalv1connect.RegistrationServiceRegisterSiblingsProcedure:   customers,
		portalv1connect.RegistrationServiceListRegistrationsProcedure:  customers,
		portalv1connect.RegistrationServiceUpdateRegistrationProcedure: customers,
		portalv1connect.RegistrationServiceDeregisterProcedure:         customers,

		portalv1connect.AddressChangeServicePreviewAddressChangeProcedure:  customers,
		portalv1connect.AddressChangeServiceRequestAddressChangeProcedure:  customers,
		portalv1connect.AddressChangeServiceListAddressChangesProcedure:    customers,
		portalv1connect.AddressChangeServiceGetAddressChangeProcedure:      customers,
		portalv1connect.AddressChangeServiceWithdrawAddressChangeProcedure: customers,

		backofficev1connect.ApprovalServiceListPendingRegistrationsProcedure: staff,
		backofficev1connect.ApprovalServiceApproveRegistrationsProcedure:     staff,
		backofficev1connect.ApprovalServiceRefuseRegistrationsProcedure:      staff,
		backofficev1connect.ApprovalServiceRegisterManyProcedure:             staff,
		backofficev1connect.ApprovalServiceListAddressChangesProcedure:       staff,
		backofficev1connect.ApprovalServiceGetAddressChangeProcedure:         staff,
		backofficev1connect.ApprovalServiceApproveAddressChangeProcedure:     staff,
		backofficev1connect.ApprovalServiceRefuseAddressChangeProcedure:      staff,
		backofficev1connect.ApprovalServiceFileAddressChangeProcedure:        staff,
	}
}
