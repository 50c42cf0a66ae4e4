package server_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/notify/pushtest"
	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// TestNamesInMailAndPush: a name with an emoji and letters from right to left stands in mails and push messages as it was
// written, and apart from the words around it.
func TestNamesInMailAndPush(t *testing.T) {
	t.Parallel()
	push := pushtest.Start(t)
	var folder string
	s := servertest.Start(t, servertest.Options{Demo: true, Change: func(cfg *server.Config) {
		cfg.Push.AllowedHosts = []string{push.Host()}
		folder = cfg.Mail.Folder
	}})
	customer := s.Browser(t, "kunde01")
	devices, err := customer.Portal.ListDevices(t.Context(), &portalv1.ListDevicesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	const name = "طابعة 🖨️👩🏽‍🔧 Arkivet"
	device := devices.Devices[0].Id
	wanted := name
	if _, err := customer.Registrations.UpdateRegistration(t.Context(), &portalv1.UpdateRegistrationRequest{
		OperationId: uuid.NewString(), DeviceId: device, FriendlyName: &wanted,
	}); err != nil {
		t.Fatal(err)
	}
	opened, err := customer.Portal.OpenRequest(t.Context(), &portalv1.OpenRequestRequest{
		OperationId: uuid.NewString(), DeviceId: device, Category: dispatchv1.FaultCategory_FAULT_CATEGORY_PAPER_JAM, Description: name,
		ContactName: "ليلى 👩🏽‍🔧 Prøvesen",
	})
	if err != nil {
		t.Fatal(err)
	}
	// First strong isolate and its end: Unicode's marks against reordering.
	const apart = "\u2068" + name + "\u2069"
	technician := s.Phone(t, "tekniker01").Mobile
	me, err := technician.SetDuty(t.Context(), &mobilev1.SetDutyRequest{Operation: servertest.Op(), OnDuty: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Browser(t, "sentral1").Dispatch.Assign(t.Context(), &dispatchv1.AssignRequest{
		OperationId: uuid.NewString(), RequestId: opened.Request.Id, TechnicianId: me.Me.TechnicianId, OverrideQualification: true,
	}); err != nil {
		t.Fatal(err)
	}
	// Who has no phone is told by mail, who has one on the phone.
	eventually(t, "the mail says the name", func() bool { return mailSays(t, folder, apart) })
	phone := push.NewPhone(t)
	subscription := phone.Subscription()
	if _, err := customer.Live.Subscribe(t.Context(), &livev1.SubscribeRequest{
		Endpoint: subscription.Endpoint, P256Dh: subscription.P256dh, Auth: subscription.Auth, Label: "🦊 متصفح",
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := technician.EnRoute(t.Context(), &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: opened.Request.Id}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	received, err := phone.Wait(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	var payload struct{ Title, Body string }
	if err := json.Unmarshal(received[0].Payload, &payload); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(payload.Title, opened.Request.Number) || !strings.Contains(payload.Body, apart) {
		t.Errorf("the push says %q: %q", payload.Title, payload.Body)
	}
}
