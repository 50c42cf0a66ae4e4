package rpc

import (
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
)

// Access gives the rules of the five services.
func Access() rpc.Access {
	staff := rpc.Only(identity.RoleDispatcher, identity.RoleAdmin)
	admins := rpc.Only(identity.RoleAdmin)
	return rpc.Access{
		backofficev1connect.FleetServiceListAccountsProcedure:  staff,
		backofficev1connect.FleetServiceGetAccountProcedure:    staff,
		backofficev1connect.FleetServiceCreateAccountProcedure: staff,
		backofficev1connect.FleetServiceUpdateAccountProcedure: staff,
		backofficev1connect.FleetServiceListSitesProcedure:     staff,
		backofficev1connect.FleetServiceGetSiteProcedure:       staff,
		backofficev1connect.FleetServiceCreateSiteProcedure:    staff,
		backofficev1connect.FleetServiceUpdateSiteProcedure:    staff,
		backofficev1connect.FleetServiceListModelsProcedure:    staff,
		backofficev1connect.FleetServiceGetModelProcedure:      staff,
		backofficev1connect.FleetServiceCreateModelProcedure:   staff,
		backofficev1connect.FleetServiceUpdateModelProcedure:   staff,
		backofficev1connect.FleetServiceListContractsProcedure: staff,
		backofficev1connect.FleetServiceGetContractProcedure:   staff,
		// What was promised to whom is the administrators' to change.
		backofficev1connect.FleetServiceCreateContractProcedure: admins,
		backofficev1connect.FleetServiceUpdateContractProcedure: admins,
		backofficev1connect.FleetServiceListDevicesProcedure:    staff,
		backofficev1connect.FleetServiceGetDeviceProcedure:      staff,
		backofficev1connect.FleetServiceCreateDeviceProcedure:   staff,
		backofficev1connect.FleetServiceUpdateDeviceProcedure:   staff,
		backofficev1connect.FleetServiceMoveDeviceProcedure:     staff,
		backofficev1connect.FleetServiceRetireDeviceProcedure:   staff,
		backofficev1connect.FleetServiceDeleteItemProcedure:     staff,

		backofficev1connect.TechnicianServiceListTechniciansProcedure:  staff,
		backofficev1connect.TechnicianServiceGetTechnicianProcedure:    staff,
		backofficev1connect.TechnicianServiceCreateTechnicianProcedure: staff,
		backofficev1connect.TechnicianServiceUpdateTechnicianProcedure: staff,
		backofficev1connect.TechnicianServiceListSkillsProcedure:       staff,
		backofficev1connect.TechnicianServiceRenameSkillProcedure:      staff,
		backofficev1connect.TechnicianServiceListTerritoriesProcedure:  staff,

		backofficev1connect.PeopleServiceListPeopleProcedure:         admins,
		backofficev1connect.PeopleServiceGetPersonProcedure:          admins,
		backofficev1connect.PeopleServiceCreatePersonProcedure:       admins,
		backofficev1connect.PeopleServiceUpdatePersonProcedure:       admins,
		backofficev1connect.PeopleServiceSetPersonEnabledProcedure:   admins,
		backofficev1connect.PeopleServiceResetPasswordProcedure:      admins,
		backofficev1connect.PeopleServiceEndSessionsProcedure:        admins,
		backofficev1connect.PeopleServiceListPersonSessionsProcedure: admins,

		// Dispatchers see the trail of one object; package backoffice looks at that.
		backofficev1connect.AuditServiceListChangesProcedure: staff,
		backofficev1connect.AuditServiceListReadsProcedure:   admins,
		backofficev1connect.AuditServiceTraceChangeProcedure: staff,

		backofficev1connect.TransferServiceImportProcedure:        admins,
		backofficev1connect.TransferServiceExportProcedure:        admins,
		backofficev1connect.TransferServiceExportAllProcedure:     admins,
		backofficev1connect.TransferServiceListFileKindsProcedure: admins,
	}
}
