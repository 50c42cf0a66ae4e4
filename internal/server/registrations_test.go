package server_test

import (
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/server/servertest"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// newAddress is one that no site of the demo has.
func newAddress() *portalv1.SiteAddress {
	return &portalv1.SiteAddress{Line1: "Flyttegata 1", Line2: "x", Line3: "x", PostalCode: "0150", City: "Oslo", Country: "NO"}
}

// registrationExamples are the messages about registrations and changes of addresses, for valid.
func (w *world) registrationExamples() []proto.Message {
	op, id, device, other := uuid.NewString(), uuid.NewString(), w.devices[0].Id, w.devices[1].Id
	name, backup, on := "x", "x@example.com", true
	now := timestamppb.Now()
	return []proto.Message{
		&portalv1.RegisterDeviceRequest{
			OperationId: op, SerialNumber: "x", PostalCode: "x", FriendlyName: &name, BackupEmail: &backup, Reminders: &on,
		},
		&portalv1.GetDeviceRequest{DeviceId: device}, &portalv1.ListSiblingsRequest{DeviceId: device},
		&portalv1.RegisterSiblingsRequest{OperationId: op, DeviceId: device, Siblings: []*portalv1.SiblingChoice{
			{DeviceId: other, FriendlyName: name, BackupEmail: backup, Reminders: true},
		}},
		&portalv1.ListRegistrationsRequest{States: []portalv1.RegistrationState{1}},
		&portalv1.UpdateRegistrationRequest{OperationId: op, DeviceId: device, FriendlyName: &name, BackupEmail: &backup, Reminders: &on},
		&portalv1.DeregisterRequest{OperationId: op, DeviceIds: []string{device}},

		&portalv1.PreviewAddressChangeRequest{DeviceId: device},
		&portalv1.RequestAddressChangeRequest{OperationId: op, DeviceId: device, Reason: "x", Address: newAddress()},
		&portalv1.ListAddressChangesRequest{}, &portalv1.GetAddressChangeRequest{AddressChangeId: id},
		&portalv1.WithdrawAddressChangeRequest{OperationId: op, AddressChangeId: id},

		&backofficev1.ListPendingRegistrationsRequest{Query: "x"},
		&backofficev1.ApproveRegistrationsRequest{OperationId: op, RegistrationIds: []string{id}},
		&backofficev1.RefuseRegistrationsRequest{OperationId: op, RegistrationIds: []string{id}, Reason: "x"},
		&backofficev1.RegisterManyRequest{
			OperationId: op, UserId: "kunde01", Devices: &backofficev1.RegisterManyRequest_AccountNumber{AccountNumber: "x"}, BackupEmail: backup,
		},
		&backofficev1.ListAddressChangesRequest{}, &backofficev1.GetAddressChangeRequest{AddressChangeId: id},
		&backofficev1.ApproveAddressChangeRequest{
			OperationId: op, AddressChangeId: id, SiteUpdatedAt: now, Position: &livev1.Point{Latitude: 59.9, Longitude: 10.7}, TimeZone: "Europe/Oslo",
		},
		&backofficev1.RefuseAddressChangeRequest{OperationId: op, AddressChangeId: id, Reason: "x"},
		&backofficev1.FileAddressChangeRequest{OperationId: op, AccountId: id, SiteId: uuid.NewString(), Reason: "x", Address: newAddress()},
	}
}

// gather puts every device of the customer's company at one site, as a company with many in one building.
func (w *world) gather(t *testing.T) {
	t.Helper()
	if _, err := w.DB.ExecContext(t.Context(), `UPDATE devices SET site_id = (SELECT site_id FROM devices WHERE id = ?)
		WHERE account_id = (SELECT account_id FROM devices WHERE id = ?)`, w.devices[0].Id, w.devices[0].Id); err != nil {
		t.Fatal(err)
	}
}

// repeatRegistrations takes every step of registrations and changes of addresses again and again.
func (w *world) repeatRegistrations(t *testing.T, r *repeater) {
	t.Helper()
	w.gather(t)
	id, mine, moves, staff := uuid.NewString, w.customer.Registrations, w.customer.AddressChanges, w.dispatcher.Approvals
	first, second, third := w.devices[0], w.devices[len(w.devices)-1], w.devices[len(w.devices)-2]
	name := "Etter tur"
	again(t, r, simple(t, mine.UpdateRegistration), &portalv1.UpdateRegistrationRequest{OperationId: id(), DeviceId: second.Id, FriendlyName: &name})
	again(t, r, simple(t, mine.Deregister), &portalv1.DeregisterRequest{OperationId: id(), DeviceIds: []string{second.Id, third.Id}})
	back := again(t, r, simple(t, mine.RegisterDevice), &portalv1.RegisterDeviceRequest{
		OperationId: id(), SerialNumber: strings.ToLower(second.SerialNumber), PostalCode: first.Place.PostalCode,
	}).Registration
	if back.FriendlyName != name || back.State != portalv1.RegistrationState_REGISTRATION_STATE_ACTIVE {
		t.Errorf("back again: %v", back)
	}
	again(t, r, simple(t, mine.Deregister), &portalv1.DeregisterRequest{OperationId: id(), DeviceIds: []string{second.Id}})
	asked := again(t, r, simple(t, mine.RegisterSiblings), &portalv1.RegisterSiblingsRequest{
		OperationId: id(), DeviceId: first.Id, Siblings: []*portalv1.SiblingChoice{{DeviceId: second.Id}, {DeviceId: third.Id}},
	}).Registrations
	again(t, r, simple(t, staff.ApproveRegistrations), &backofficev1.ApproveRegistrationsRequest{OperationId: id(), RegistrationIds: []string{asked[0].Id}})
	again(t, r, simple(t, staff.RefuseRegistrations), &backofficev1.RefuseRegistrationsRequest{OperationId: id(), RegistrationIds: []string{asked[1].Id}, Reason: "x"})
	many := again(t, r, simple(t, staff.RegisterMany), &backofficev1.RegisterManyRequest{
		OperationId: id(), UserId: "kunde01", Devices: &backofficev1.RegisterManyRequest_File{File: []byte("serial_number\n" + third.SerialNumber + "\n")},
	})
	if many.Registered != 1 {
		t.Errorf("many: %v", many)
	}
	owner, err := w.dispatcher.Fleet.GetDevice(t.Context(), &backofficev1.GetDeviceRequest{Id: first.Id})
	if err != nil {
		t.Fatal(err)
	}
	filed := again(t, r, simple(t, staff.FileAddressChange), &backofficev1.FileAddressChangeRequest{
		OperationId: id(), AccountId: owner.Device.AccountId, SiteId: owner.Device.SiteId, Reason: "x", Address: newAddress(),
	}).Change
	again(t, r, simple(t, staff.RefuseAddressChange), &backofficev1.RefuseAddressChangeRequest{OperationId: id(), AddressChangeId: filed.Change.Id, Reason: "x"})
	for _, end := range []string{"withdraw", "refuse", "approve"} {
		change := again(t, r, simple(t, moves.RequestAddressChange), &portalv1.RequestAddressChangeRequest{
			OperationId: id(), DeviceId: first.Id, Reason: "x", Address: newAddress(),
		}).Change.Id
		switch end {
		case "withdraw":
			again(t, r, simple(t, moves.WithdrawAddressChange), &portalv1.WithdrawAddressChangeRequest{OperationId: id(), AddressChangeId: change})
		case "refuse":
			again(t, r, simple(t, staff.RefuseAddressChange), &backofficev1.RefuseAddressChangeRequest{OperationId: id(), AddressChangeId: change, Reason: "x"})
		case "approve":
			seen, err := staff.GetAddressChange(t.Context(), &backofficev1.GetAddressChangeRequest{AddressChangeId: change})
			if err != nil {
				t.Fatal(err)
			}
			again(t, r, simple(t, staff.ApproveAddressChange), &backofficev1.ApproveAddressChangeRequest{OperationId: id(), AddressChangeId: change, SiteUpdatedAt: seen.SiteUpdatedAt})
		}
	}
}

// TestRegistrationFromEndToEnd: a customer leaves and comes back, asks for siblings, staff answer one way and the other, and
// what each is told lies in the folder of mails.
func TestRegistrationFromEndToEnd(t *testing.T) {
	t.Parallel()
	mails := t.TempDir()
	w := &world{Server: servertest.Start(t, servertest.Options{Demo: true, Change: withMails(mails)})}
	w.raw = caller{w.Server, servertest.HTTP2(t)}
	w.customer, w.stranger, w.dispatcher = w.Browser(t, "kunde01"), w.Browser(t, "kunde02"), w.Browser(t, "sentral1")
	w.devices, w.strangerDevices = devicesOf(t, w.customer), devicesOf(t, w.stranger)
	w.gather(t)
	first, gone := w.devices[0], w.devices[1:]
	open := w.open(t, gone[0], "Papirstopp")

	var ids []string
	for _, d := range gone {
		ids = append(ids, d.Id)
	}
	if _, err := w.customer.Registrations.Deregister(t.Context(), &portalv1.DeregisterRequest{OperationId: uuid.NewString(), DeviceIds: ids}); err != nil {
		t.Fatal(err)
	}
	if left := devicesOf(t, w.customer); len(left) != 1 || left[0].Id != first.Id {
		t.Fatalf("left are %v", left)
	}
	// The request of a device that they no longer follow is gone as well.
	if _, err := w.customer.Portal.GetRequest(t.Context(), &portalv1.GetRequestRequest{Id: open.Number}); connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("the request: %v", err)
	}
	if list, err := w.customer.Portal.ListRequests(t.Context(), &portalv1.ListRequestsRequest{}); err != nil || len(list.Requests) != 0 {
		t.Errorf("requests: %v %v", list, err)
	}
	siblings, err := w.customer.Registrations.ListSiblings(t.Context(), &portalv1.ListSiblingsRequest{DeviceId: first.Id, PageSize: 100})
	if err != nil || int(siblings.Total) != len(gone) || len(siblings.Siblings) != len(gone) {
		t.Fatalf("siblings: %v %v", siblings, err)
	}
	asked, err := w.customer.Registrations.RegisterSiblings(t.Context(), &portalv1.RegisterSiblingsRequest{
		OperationId: uuid.NewString(), DeviceId: first.Id, Siblings: []*portalv1.SiblingChoice{{DeviceId: gone[0].Id, FriendlyName: "Kopirommet"}, {DeviceId: gone[1].Id}},
	})
	if err != nil || asked.Requested != 2 || asked.AnswerBy == nil {
		t.Fatalf("asked: %v %v", asked, err)
	}
	waiting, err := w.dispatcher.Approvals.ListPendingRegistrations(t.Context(), &backofficev1.ListPendingRegistrationsRequest{Query: "kunde01 " + gone[0].SerialNumber})
	if err != nil || len(waiting.Registrations) != 1 || waiting.Registrations[0].Applicant.UserId != "kunde01" || waiting.Registrations[0].Overdue {
		t.Fatalf("waiting: %v %v", waiting, err)
	}
	if res, err := w.dispatcher.Approvals.ApproveRegistrations(t.Context(), &backofficev1.ApproveRegistrationsRequest{
		OperationId: uuid.NewString(), RegistrationIds: []string{waiting.Registrations[0].Registration.Id},
	}); err != nil || !res.Results[0].Done {
		t.Fatalf("approved: %v %v", res, err)
	}
	if res, err := w.dispatcher.Approvals.RefuseRegistrations(t.Context(), &backofficev1.RefuseRegistrationsRequest{
		OperationId: uuid.NewString(), RegistrationIds: []string{asked.Registrations[1].Id, asked.Registrations[0].Id}, Reason: "Skal kasseres",
	}); err != nil || !res.Results[0].Done || res.Results[1].Problem != "registration_decided" {
		t.Fatalf("refused: %v %v", res, err)
	}
	if back, err := w.customer.Portal.GetRequest(t.Context(), &portalv1.GetRequestRequest{Id: open.Number}); err != nil || back.Request.Id != open.Id {
		t.Errorf("its history is not back: %v %v", back, err)
	}
	mine, err := w.customer.Registrations.ListRegistrations(t.Context(), &portalv1.ListRegistrationsRequest{
		States: []portalv1.RegistrationState{portalv1.RegistrationState_REGISTRATION_STATE_REFUSED},
	})
	if err != nil || len(mine.Registrations) != 1 || mine.Registrations[0].Reason != "Skal kasseres" {
		t.Errorf("mine: %v %v", mine, err)
	}
	page, err := w.customer.Portal.GetDevice(t.Context(), &portalv1.GetDeviceRequest{DeviceId: gone[0].Id})
	if err != nil || page.Device.OpenRequestNumber != open.Number || page.Device.FriendlyName != "Kopirommet" || len(page.Counters) == 0 || page.Reminders {
		t.Errorf("its page: %v %v", page, err)
	}
	if _, err := w.customer.Portal.GetDevice(t.Context(), &portalv1.GetDeviceRequest{DeviceId: gone[1].Id}); connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("the page of a device that is not followed: %v", err)
	}
	// Another company's device is told as such only to whoever knows both its numbers.
	_, err = w.customer.Registrations.RegisterDevice(t.Context(), &portalv1.RegisterDeviceRequest{
		OperationId: uuid.NewString(), SerialNumber: w.strangerDevices[0].SerialNumber, PostalCode: w.strangerDevices[0].Place.PostalCode,
	})
	if f := faultIn(t, err); f.GetReason() != "device_elsewhere" || f.GetParams()["support_phone"] == "" {
		t.Errorf("another company's: %v", err)
	}
	for _, text := range []string{"venter på godkjenning", "Kopirommet", "Skal kasseres"} {
		eventually(t, "a mail says "+text, func() bool { return mailSays(t, mails, text) })
	}
}

// TestAddressChangeFromEndToEnd: asked for, looked at, approved; deliveries and the open request stay where they were.
func TestAddressChangeFromEndToEnd(t *testing.T) {
	t.Parallel()
	mails := t.TempDir()
	w := &world{Server: servertest.Start(t, servertest.Options{Demo: true, Change: withMails(mails)})}
	w.customer, w.stranger, w.dispatcher = w.Browser(t, "kunde01"), w.Browser(t, "kunde02"), w.Browser(t, "sentral1")
	w.devices = devicesOf(t, w.customer)
	w.gather(t)
	open := w.open(t, w.devices[0], "Papirstopp")
	preview, err := w.customer.AddressChanges.PreviewAddressChange(t.Context(), &portalv1.PreviewAddressChangeRequest{DeviceId: w.devices[0].Id})
	if err != nil || int(preview.Total) != len(w.devices) || len(preview.Devices) != len(w.devices) || preview.OpenRequests != 1 {
		t.Fatalf("preview: %v %v", preview, err)
	}
	req := &portalv1.RequestAddressChangeRequest{OperationId: uuid.NewString(), DeviceId: w.devices[0].Id, Reason: "Vi har flyttet", Address: newAddress()}
	asked, err := w.customer.AddressChanges.RequestAddressChange(t.Context(), req)
	if err != nil || !asked.Change.Mine {
		t.Fatal(asked, err)
	}
	req.OperationId = uuid.NewString()
	_, err = w.customer.AddressChanges.RequestAddressChange(t.Context(), req)
	if f := faultIn(t, err); connect.CodeOf(err) != connect.CodeAlreadyExists || f.GetParams()["address_change_id"] != asked.Change.Id {
		t.Errorf("a second: %v", err)
	}
	if _, err := w.stranger.AddressChanges.GetAddressChange(t.Context(), &portalv1.GetAddressChangeRequest{AddressChangeId: asked.Change.Id}); connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("a stranger: %v", err)
	}
	seen, err := w.dispatcher.Approvals.GetAddressChange(t.Context(), &backofficev1.GetAddressChangeRequest{AddressChangeId: asked.Change.Id})
	if err != nil || seen.SiteChanged || int(seen.DevicesTotal) != len(w.devices) || seen.SiteThen.Line1 != "Flyttegata 1" || len(seen.OpenRequests) != 1 || seen.OpenRequests[0] != open.Number {
		t.Fatalf("seen: %v %v", seen, err)
	}
	moved, err := w.dispatcher.Approvals.ApproveAddressChange(t.Context(), &backofficev1.ApproveAddressChangeRequest{
		OperationId: uuid.NewString(), AddressChangeId: asked.Change.Id, SiteUpdatedAt: seen.SiteUpdatedAt,
	})
	if err != nil || int(moved.DevicesMoved) != len(w.devices) {
		t.Fatalf("moved: %v %v", moved, err)
	}
	for _, d := range devicesOf(t, w.customer) {
		if d.Place.Line1 != "Flyttegata 1" {
			t.Errorf("%s is at %v", d.SerialNumber, d.Place)
		}
	}
	var kept int
	if err := w.DB.NewRaw(`SELECT count(*) FROM delivery_addresses WHERE line1 = ?`, seen.SiteNow.Line1).Scan(t.Context(), &kept); err != nil || kept != len(w.devices) {
		t.Errorf("%d devices are delivered to where they were, %v", kept, err)
	}
	if got, err := w.customer.Portal.GetRequest(t.Context(), &portalv1.GetRequestRequest{Id: open.Id}); err != nil || got.Request.Place.Line1 != seen.SiteNow.Line1 {
		t.Errorf("the open request: %v %v", got, err)
	}
	for _, text := range []string{"Adresseendringen er mottatt", "Adressen er endret"} {
		eventually(t, "a mail says "+text, func() bool { return mailSays(t, mails, text) })
	}
}
