package server_test

import (
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/server/servertest"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
)

// imported makes the stream of an import one answer: its summary.
func imported(t *testing.T, p *servertest.Person) func(*backofficev1.ImportRequest) (*backofficev1.ImportSummary, error) {
	return func(req *backofficev1.ImportRequest) (*backofficev1.ImportSummary, error) {
		stream, err := p.Files.Import(t.Context(), req)
		if err != nil {
			return nil, err
		}
		defer stream.Close()
		var last *backofficev1.ImportSummary
		for stream.Receive() {
			last = stream.Msg().Summary
		}
		if last != nil {
			last.Repeated = false // what tells the first answer from the others
		}
		return last, stream.Err()
	}
}

// officeAgain sends each change of the back office again.
func officeAgain(t *testing.T, r *repeater) {
	t.Helper()
	office, admin, op := r.w.dispatcher, r.w.admin, uuid.NewString
	fleet := office.Fleet

	account := again(t, r, simple(t, fleet.CreateAccount), &backofficev1.CreateAccountRequest{OperationId: op(), Fields: officeAccount()}).Account
	renamed := officeAccount()
	renamed.Name = "Nytt Eksempel AS"
	again(t, r, simple(t, fleet.UpdateAccount), &backofficev1.UpdateAccountRequest{OperationId: op(), Id: account.Id, Revision: account.Revision, Fields: renamed})
	site := again(t, r, simple(t, fleet.CreateSite), &backofficev1.CreateSiteRequest{OperationId: op(), Fields: officeSite(account.Id)}).Site
	fields := officeSite(account.Id)
	fields.Name = "Lageret"
	again(t, r, simple(t, fleet.UpdateSite), &backofficev1.UpdateSiteRequest{OperationId: op(), Id: site.Id, Revision: site.Revision, Fields: fields})
	model := again(t, r, simple(t, fleet.CreateModel), &backofficev1.CreateModelRequest{OperationId: op(), Fields: officeModel()}).Model
	faster := officeModel()
	faster.PagesPerMinute = 60
	again(t, r, simple(t, fleet.UpdateModel), &backofficev1.UpdateModelRequest{OperationId: op(), Id: model.Id, Revision: model.Revision, Fields: faster})
	contract := again(t, r, simple(t, admin.Fleet.CreateContract), &backofficev1.CreateContractRequest{OperationId: op(), Fields: officeContract(account.Id)}).Contract
	longer := officeContract(account.Id)
	longer.EndsOn = ""
	again(t, r, simple(t, admin.Fleet.UpdateContract), &backofficev1.UpdateContractRequest{OperationId: op(), Id: contract.Id, Revision: contract.Revision, Fields: longer})
	named := &backofficev1.DeviceFields{SerialNumber: "OFFICE-1", ModelId: model.Id}
	device := again(t, r, simple(t, fleet.CreateDevice), &backofficev1.CreateDeviceRequest{OperationId: op(), Fields: named, SiteId: site.Id, ContractId: contract.Id}).Device
	named.FriendlyName = "Resepsjonen"
	device = again(t, r, simple(t, fleet.UpdateDevice), &backofficev1.UpdateDeviceRequest{OperationId: op(), Id: device.Id, Revision: device.Revision, Fields: named}).Device
	device = again(t, r, simple(t, fleet.MoveDevice), &backofficev1.MoveDeviceRequest{OperationId: op(), Id: device.Id, Revision: device.Revision, SiteId: site.Id}).Device
	again(t, r, simple(t, fleet.RetireDevice), &backofficev1.RetireDeviceRequest{OperationId: op(), Id: device.Id, Revision: device.Revision, Retired: true})
	again(t, r, simple(t, fleet.DeleteItem), &backofficev1.DeleteItemRequest{OperationId: op(), Kind: backofficev1.ItemKind_ITEM_KIND_DEVICE, Id: device.Id})

	technician := again(t, r, simple(t, office.Technicians.CreateTechnician), &backofficev1.CreateTechnicianRequest{OperationId: op(), Fields: officeTechnician()}).Technician
	elsewhere := officeTechnician()
	elsewhere.Territory = []string{"5"}
	again(t, r, simple(t, office.Technicians.UpdateTechnician), &backofficev1.UpdateTechnicianRequest{
		OperationId: op(), Id: technician.Id, Revision: technician.Revision, Fields: elsewhere,
	})
	again(t, r, simple(t, office.Technicians.RenameSkill), &backofficev1.RenameSkillRequest{OperationId: op(), From: "x", To: "office"})

	people := admin.Staff
	person := again(t, r, simple(t, people.CreatePerson), &backofficev1.CreatePersonRequest{OperationId: op(), UserId: "office", Fields: officePerson()}).Person
	other := officePerson()
	other.LastName = "Prøve"
	again(t, r, simple(t, people.UpdatePerson), &backofficev1.UpdatePersonRequest{OperationId: op(), Id: person.Id, Revision: person.Revision, Fields: other})
	again(t, r, simple(t, people.ResetPassword), &backofficev1.ResetPasswordRequest{OperationId: op(), Id: person.Id})
	again(t, r, simple(t, people.EndSessions), &backofficev1.EndSessionsRequest{OperationId: op(), Id: person.Id})
	again(t, r, simple(t, people.SetPersonEnabled), &backofficev1.SetPersonEnabledRequest{OperationId: op(), Id: person.Id})

	again(t, r, imported(t, admin), &backofficev1.ImportRequest{
		OperationId: op(), Kind: "accounts", File: []byte("number,name,country\nOFFICE-2,Eksempel To AS,NO\n"),
	})
}
