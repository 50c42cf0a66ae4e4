package server_test

import (
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"utsendt/internal/server/servertest"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// TestPermanentlyElsewhere: a request at a new address goes there at once; the site moves only when staff approve; and when
// a change of the site is pending already, nothing is opened.
func TestPermanentlyElsewhere(t *testing.T) {
	t.Parallel()
	w := &world{Server: servertest.Start(t, servertest.Options{Demo: true})}
	w.customer, w.dispatcher = w.Browser(t, "kunde01"), w.Browser(t, "sentral1")
	w.devices = devicesOf(t, w.customer)
	w.gather(t)
	was := devicesOf(t, w.customer)[0].Place
	open := func(device string) (*portalv1.OpenRequestResponse, error) {
		return w.customer.Portal.OpenRequest(t.Context(), &portalv1.OpenRequestRequest{
			OperationId: uuid.NewString(), DeviceId: device, Category: dispatchv1.FaultCategory_FAULT_CATEGORY_PAPER_JAM, Description: "x",
			Address: &portalv1.ServiceAddress{Line1: "Flyttegata 1", PostalCode: "0150", City: "Oslo", Permanent: true, Reason: "Vi har flyttet"},
		})
	}
	opened, err := open(w.devices[0].Id)
	if err != nil || opened.Request.Place.Line1 != "Flyttegata 1" {
		t.Fatalf("opened: %v %v", opened, err)
	}
	id := opened.AddressChangeId
	seen, err := w.dispatcher.Approvals.GetAddressChange(t.Context(), &backofficev1.GetAddressChangeRequest{AddressChangeId: id})
	if err != nil || seen.Change.Change.RequestId != opened.Request.Id || seen.Change.Change.Reason != "Vi har flyttet" {
		t.Fatalf("waiting: %v %v", seen, err)
	}
	if now := devicesOf(t, w.customer)[0].Place.Line1; now != was.Line1 {
		t.Errorf("before approval the site is at %s", now)
	}
	if _, err := open(w.devices[1].Id); connect.CodeOf(err) != connect.CodeAlreadyExists {
		t.Errorf("another while one is pending: %v", err)
	}
	if all, err := w.customer.Portal.ListRequests(t.Context(), &portalv1.ListRequestsRequest{}); err != nil || len(all.Requests) != 1 {
		t.Errorf("requests: %v %v", all, err)
	}
	if _, err := w.dispatcher.Approvals.ApproveAddressChange(t.Context(), &backofficev1.ApproveAddressChangeRequest{
		OperationId: uuid.NewString(), AddressChangeId: id, SiteUpdatedAt: seen.SiteUpdatedAt,
	}); err != nil {
		t.Fatal(err)
	}
	if now := devicesOf(t, w.customer)[0].Place.Line1; now != "Flyttegata 1" {
		t.Errorf("after approval the site is at %s", now)
	}
}
