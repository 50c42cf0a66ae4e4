package server_test

import (
	"slices"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

// adminsOnly are the services, and the procedures of others, that are for administrators alone.
var adminsOnly = []string{
	"utsendt.backoffice.v1.ReadingDeskService.SetCountry",
	"utsendt.backoffice.v1.PeopleService", "utsendt.backoffice.v1.TransferService", "utsendt.backoffice.v1.AuditService.ListReads",
	"utsendt.backoffice.v1.FleetService.CreateContract", "utsendt.backoffice.v1.FleetService.UpdateContract",
}

// forAdmins says whether a procedure is for administrators alone.
func (p procedure) forAdmins() bool {
	return slices.Contains(adminsOnly, string(p.FullName())) || slices.Contains(adminsOnly, string(p.Parent().FullName()))
}

func officeSite(account string) *backofficev1.SiteFields {
	lat, lon := 59.9, 10.7
	return &backofficev1.SiteFields{
		AccountId: account, Number: "X-1", Name: "x", Line1: "x", Line2: "x", Line3: "x", PostalCode: "0150", City: "Oslo", Country: "NO",
		Latitude: &lat, Longitude: &lon, Quality: "rooftop", TimeZone: "Europe/Oslo",
	}
}

func officeModel() *backofficev1.ModelFields {
	return &backofficev1.ModelFields{Name: "X-1", Skills: []string{"x"}, Counters: []string{"black"}, PagesPerMinute: 30, Categories: []dispatchv1.FaultCategory{1}}
}

func officeContract(account string) *backofficev1.ContractFields {
	hours := int32(8)
	return &backofficev1.ContractFields{
		AccountId: account, Number: "X-1", StartsOn: "2026-01-01", EndsOn: "2027-12-31", ResponseHours: &hours, ResolutionHours: &hours,
		ReadingMonths: 1, SupplyKinds: []string{"toner"},
	}
}

func officeAccount() *backofficev1.AccountFields {
	return &backofficev1.AccountFields{Number: "X-1", Name: "Eksempel AS", Country: "NO", Language: "nb"}
}

func officeTechnician() *backofficev1.TechnicianFields {
	return &backofficev1.TechnicianFields{
		Number: "X-1", FirstName: "Testa", LastName: "x", Phone: "x", Email: "x@example.com", Skills: []string{"x"}, HomeLatitude: 59.9,
		HomeLongitude: 10.7, Territory: []string{"0"}, ShiftStart: "08:00", ShiftEnd: "16:00", TimeZone: "Europe/Oslo", Active: true,
		VanStock: []*backofficev1.VanPart{{PartNumber: "X-1", Quantity: 1}},
	}
}

func officePerson() *backofficev1.PersonFields {
	return &backofficev1.PersonFields{
		FirstName: "Ola", LastName: "Eksempel", Email: "ola@example.com", Phone: "x", Language: "nb", Role: backofficev1.Role_ROLE_DISPATCHER,
	}
}

// validOffice are the examples of the back office, see world.valid.
func validOffice() []proto.Message {
	op, id, now := uuid.NewString(), uuid.NewString(), timestamppb.Now()
	// A revision of nothing: what takes one looks for the thing first.
	const seen = "AAAA"
	device := &backofficev1.DeviceFields{SerialNumber: "X-1", ModelId: id, FriendlyName: "x"}
	return []proto.Message{
		&backofficev1.ListAccountsRequest{Country: "NO"}, &backofficev1.GetAccountRequest{Id: id},
		&backofficev1.CreateAccountRequest{OperationId: op, Fields: officeAccount()},
		&backofficev1.UpdateAccountRequest{OperationId: op, Id: id, Revision: seen, Fields: officeAccount()},
		&backofficev1.ListSitesRequest{}, &backofficev1.GetSiteRequest{Id: id},
		&backofficev1.CreateSiteRequest{OperationId: op, Fields: officeSite(id)},
		&backofficev1.UpdateSiteRequest{OperationId: op, Id: id, Revision: seen, Fields: officeSite(id)},
		&backofficev1.ListModelsRequest{}, &backofficev1.GetModelRequest{Id: id},
		&backofficev1.CreateModelRequest{OperationId: op, Fields: officeModel()},
		&backofficev1.UpdateModelRequest{OperationId: op, Id: id, Revision: seen, Fields: officeModel()},
		&backofficev1.ListContractsRequest{}, &backofficev1.GetContractRequest{Id: id},
		&backofficev1.CreateContractRequest{OperationId: op, Fields: officeContract(id)},
		&backofficev1.UpdateContractRequest{OperationId: op, Id: id, Revision: seen, Fields: officeContract(id)},
		&backofficev1.ListDevicesRequest{}, &backofficev1.GetDeviceRequest{Id: id},
		&backofficev1.CreateDeviceRequest{OperationId: op, Fields: device, SiteId: id, ContractId: id},
		&backofficev1.UpdateDeviceRequest{OperationId: op, Id: id, Revision: seen, Fields: device},
		&backofficev1.MoveDeviceRequest{OperationId: op, Id: id, Revision: seen, SiteId: id, ContractId: id},
		&backofficev1.RetireDeviceRequest{OperationId: op, Id: id, Revision: seen, Retired: true},
		&backofficev1.DeleteItemRequest{OperationId: op, Kind: backofficev1.ItemKind_ITEM_KIND_SITE, Id: id},

		&backofficev1.ListTechniciansRequest{}, &backofficev1.GetTechnicianRequest{Id: id},
		&backofficev1.CreateTechnicianRequest{OperationId: op, Fields: officeTechnician()},
		&backofficev1.UpdateTechnicianRequest{OperationId: op, Id: id, Revision: seen, Fields: officeTechnician()},
		&backofficev1.ListSkillsRequest{}, &backofficev1.ListTerritoriesRequest{Country: "NO"},
		&backofficev1.RenameSkillRequest{OperationId: op, From: "no such skill", To: "x"},

		&backofficev1.ListPeopleRequest{Role: backofficev1.Role_ROLE_ADMIN}, &backofficev1.GetPersonRequest{Id: id},
		&backofficev1.CreatePersonRequest{OperationId: op, UserId: "x", Fields: officePerson()},
		&backofficev1.UpdatePersonRequest{OperationId: op, Id: id, Revision: seen, Fields: officePerson()},
		&backofficev1.SetPersonEnabledRequest{OperationId: op, Id: id}, &backofficev1.ResetPasswordRequest{OperationId: op, Id: id},
		&backofficev1.EndSessionsRequest{OperationId: op, Id: id}, &backofficev1.ListPersonSessionsRequest{Id: id},

		&backofficev1.ListChangesRequest{ObjectKind: "device", ObjectId: id, Since: now, Until: now},
		&backofficev1.ListReadsRequest{ObjectKind: "person", Since: now, Until: now},
		&backofficev1.TraceChangeRequest{ObjectKind: "device", ObjectId: id, ChangeId: id},

		&backofficev1.ImportRequest{OperationId: op, Kind: "accounts", File: []byte("x"), DryRun: true},
		&backofficev1.ExportRequest{Kind: "accounts"}, &backofficev1.ExportAllRequest{}, &backofficev1.ListFileKindsRequest{},
	}
}
