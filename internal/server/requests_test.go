package server_test

import (
	"context"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// refusedWith checks reason and gives the parameters of an error.
func refusedWith(t *testing.T, err error, reason string) map[string]string {
	t.Helper()
	f := faultOf(err)
	if f.GetReason() != reason {
		t.Fatalf("%v (%s), want %s", err, f.GetReason(), reason)
	}
	return f.GetParams()
}

// A request for another address: for itself only, or filed as a change of the site as well, in one transaction.
func TestServiceAddress(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := servertest.Start(t, servertest.Options{Demo: true})
	customer := s.Browser(t, "kunde01")
	devices := devicesOf(t, customer)
	site := devices[0].Place
	open := func(device int, a *portalv1.ServiceAddress) (*portalv1.OpenRequestResponse, error) {
		return customer.Portal.OpenRequest(ctx, &portalv1.OpenRequestRequest{
			OperationId: uuid.NewString(), DeviceId: devices[device].Id, Category: 1, Description: "x", Address: a,
		})
	}
	address := &portalv1.ServiceAddress{Line1: "Eksempelgata 99", PostalCode: site.PostalCode, City: site.City}
	once, err := open(0, address)
	if err != nil || once.Request.Place.Line1 != "Eksempelgata 99" || once.AddressChangeId != "" ||
		once.Request.Place.Quality != livev1.PositionQuality_POSITION_QUALITY_POSTAL_CODE {
		t.Fatalf("%v %v", once, err)
	}
	address.Permanent = true
	_, err = open(1, address)
	refusedWith(t, err, "reason_missing")
	address.Reason = "We moved"
	moved, err := open(1, address)
	if err != nil || moved.AddressChangeId == "" || moved.Request.Place.Line1 != "Eksempelgata 99" {
		t.Fatalf("%v %v", moved, err)
	}
	var request string
	if err := s.DB.NewRaw(`SELECT request_id FROM address_changes WHERE id = ?`, moved.AddressChangeId).Scan(ctx, &request); err != nil || request != moved.Request.Id {
		t.Errorf("%s %v", request, err)
	}
	if after := devicesOf(t, customer)[1].Place.Line1; after == "Eksempelgata 99" {
		t.Error("the site moved before staff approved")
	}
	// What cannot be filed is not opened either.
	for i := 2; i < len(devices); i++ {
		if devices[i].SiteName != devices[1].SiteName || devices[i].OpenRequestId != "" {
			continue
		}
		if _, err := open(i, address); err == nil {
			t.Error("a second change of one site was filed")
		}
		if d := devicesOf(t, customer)[i]; d.OpenRequestId != "" {
			t.Error("a request was opened though its change of address failed")
		}
	}
}

// What a second request for a device is told, and what an update does, until a technician is dispatched.
func TestUpdateInsteadOfSecondRequest(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	again := func(device *portalv1.Device) error {
		_, err := w.customer.Portal.OpenRequest(ctx, &portalv1.OpenRequestRequest{OperationId: uuid.NewString(), DeviceId: device.Id, Category: 1, Description: "x"})
		return err
	}
	if p := refusedWith(t, again(w.devices[0]), "request_open"); p["number"] != w.request.Number || p["id"] != w.request.Id || p["may_update"] != "false" {
		t.Errorf("dispatched: %v", p)
	}
	r := w.open(t, w.devices[1], "x")
	if p := refusedWith(t, again(w.devices[1]), "request_open"); p["number"] != r.Number || p["may_update"] != "true" {
		t.Errorf("to be scheduled: %v", p)
	}
	if !r.MayUpdate {
		t.Error("it does not say that it may be updated")
	}
	res, err := w.customer.Portal.UpdateRequest(ctx, &portalv1.UpdateRequestRequest{OperationId: uuid.NewString(), RequestId: r.Id, Text: "Nå lukter det svidd."})
	if err != nil || res.Request.Version != r.Version+1 {
		t.Fatalf("%v %v", res, err)
	}
	var told int
	if err := w.DB.NewRaw(`SELECT count(*) FROM notifications WHERE kind = 'request_updated' AND subject_id = ?`, r.Id).Scan(ctx, &told); err != nil || told < 2 {
		t.Errorf("%d of the staff were told, %v", told, err)
	}
	got, err := w.customer.Portal.GetRequest(ctx, &portalv1.GetRequestRequest{Id: r.Id})
	if err != nil || len(got.Activities) != 2 || got.Activities[1].Kind != "customer_update" || got.Activities[1].Text != "Nå lukter det svidd." ||
		got.Activities[1].At == nil || got.Activities[1].GetState() != dispatchv1.RequestState_REQUEST_STATE_TO_BE_SCHEDULED {
		t.Errorf("%v %v", got, err)
	}
	_, err = w.customer.Portal.UpdateRequest(ctx, &portalv1.UpdateRequestRequest{OperationId: uuid.NewString(), RequestId: w.request.Id, Text: "x"})
	if p := refusedWith(t, err, "update_too_late"); p["state"] != "dispatched" || p["support_phone"] != "+47 22587800" {
		t.Errorf("%v", p)
	}
	_, err = w.stranger.Portal.UpdateRequest(ctx, &portalv1.UpdateRequestRequest{OperationId: uuid.NewString(), RequestId: r.Id, Text: "x"})
	refusedWith(t, err, "request_not_found")
	// A dispatcher cancels for them, with a reason that reaches them.
	if _, err := w.dispatcher.Dispatch.Cancel(ctx, &dispatchv1.CancelRequest{OperationId: uuid.NewString(), RequestId: r.Id, Reason: "Kunden ringte."}); err != nil {
		t.Fatal(err)
	}
	got, err = w.customer.Portal.GetRequest(ctx, &portalv1.GetRequestRequest{Id: r.Id})
	if err != nil || got.Request.Outcome != "Kunden ringte." || got.Request.MayUpdate {
		t.Errorf("%v %v", got, err)
	}
	var body string
	if err := w.DB.NewRaw(`SELECT body FROM notifications WHERE kind = 'cancelled' AND subject_id = ?`, r.Id).Scan(ctx, &body); err != nil || !strings.Contains(body, "Kunden ringte.") {
		t.Errorf("%q %v", body, err)
	}
}

// A model has its faults: others are not offered, and not taken.
func TestFaultCategoriesOfAModel(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := servertest.Start(t, servertest.Options{Demo: true})
	customer := s.Browser(t, "kunde01")
	device := devicesOf(t, customer)[0]
	if _, err := s.DB.ExecContext(ctx, `UPDATE models SET categories = '{other,paper_jam}' WHERE name = ?`, device.Model); err != nil {
		t.Fatal(err)
	}
	res, err := customer.Portal.ListFaultCategories(ctx, &portalv1.ListFaultCategoriesRequest{DeviceId: device.Id})
	if err != nil || len(res.Categories) != 2 || res.Categories[0] != dispatchv1.FaultCategory_FAULT_CATEGORY_PAPER_JAM {
		t.Errorf("%v %v", res, err)
	}
	_, err = customer.Portal.OpenRequest(ctx, &portalv1.OpenRequestRequest{
		OperationId: uuid.NewString(), DeviceId: device.Id, Category: dispatchv1.FaultCategory_FAULT_CATEGORY_FINISHING, Description: "x",
	})
	refusedWith(t, err, "category_unfit")
}

// My requests change on the open page: a new one, an update, its end, and one whose device is no longer followed.
func TestWatchRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stream, err := w.customer.Portal.WatchRequests(ctx, &portalv1.WatchRequestsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	until := func(what string, want func(*portalv1.WatchRequestsResponse) bool) {
		t.Helper()
		for stream.Receive() {
			if want(stream.Msg()) {
				return
			}
		}
		t.Fatalf("the stream ended before %s: %v", what, stream.Err())
	}
	until("the snapshot", func(m *portalv1.WatchRequestsResponse) bool { return m.GetRequest().GetId() == w.request.Id })
	until("its end", func(m *portalv1.WatchRequestsResponse) bool { return m.GetSnapshotComplete() == 1 })
	r := w.open(t, w.devices[1], "x")
	is := func(version int64, state dispatchv1.RequestState) func(*portalv1.WatchRequestsResponse) bool {
		return func(m *portalv1.WatchRequestsResponse) bool {
			got := m.GetRequest()
			return got.GetId() == r.Id && got.GetVersion() == version && got.GetState() == state
		}
	}
	until("the new one", is(1, dispatchv1.RequestState_REQUEST_STATE_TO_BE_SCHEDULED))
	if _, err := w.dispatcher.Dispatch.Cancel(ctx, &dispatchv1.CancelRequest{OperationId: uuid.NewString(), RequestId: r.Id, Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	until("its cancellation", is(2, dispatchv1.RequestState_REQUEST_STATE_CANCELLED))
	if _, err := w.DB.ExecContext(ctx, `UPDATE registrations SET state = 'removed' WHERE device_id = ?`, w.devices[0].Id); err != nil {
		t.Fatal(err)
	}
	until("what is gone", func(m *portalv1.WatchRequestsResponse) bool { return m.GetGoneRequestId() == w.request.Id })
}

// The quick search finds by full numbers what is followed, and tells a typing error as such.
func TestQuickSearch(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	find := func(p *servertest.Person, kind portalv1.SearchKind, text string) (*portalv1.QuickSearchResponse, error) {
		return p.Search.QuickSearch(ctx, &portalv1.QuickSearchRequest{Kind: kind, Text: text})
	}
	const serial, request, order = portalv1.SearchKind_SEARCH_KIND_SERIAL, portalv1.SearchKind_SEARCH_KIND_REQUEST, portalv1.SearchKind_SEARCH_KIND_ORDER
	d := w.devices[0]
	for _, text := range []string{d.SerialNumber, strings.ToLower(d.SerialNumber), " " + strings.ReplaceAll(d.SerialNumber, "-", " ") + " ", strings.ReplaceAll(d.SerialNumber, "-", "")} {
		res, err := find(w.customer, serial, text)
		if err != nil || res.GetFoundDevice().GetDeviceId() != d.Id || res.GetFoundDevice().GetOpenRequestNumber() != w.request.Number || len(res.FollowUps) != 4 {
			t.Errorf("%q: %v %v", text, res, err)
		}
	}
	for _, text := range []string{w.request.Number, strings.TrimPrefix(w.request.Number, "SR-"), strings.ToLower(w.request.Number)} {
		res, err := find(w.customer, request, text)
		if err != nil || res.GetRequest().GetRequestId() != w.request.Id || res.GetRequest().GetDevice().GetDeviceId() != d.Id ||
			res.FollowUps[0] != portalv1.FollowUp_FOLLOW_UP_REQUEST || res.FollowUps[1] != portalv1.FollowUp_FOLLOW_UP_NEW_REQUEST {
			t.Errorf("%q: %v %v", text, res, err)
		}
	}
	digits := []byte(w.request.Number)
	digits[len(digits)-1] = '0' + (digits[len(digits)-1]-'0'+1)%10
	for kind, text := range map[portalv1.SearchKind]string{request: string(digits), order: strings.Replace(string(digits), "SR", "SO", 1)} {
		_, err := find(w.customer, kind, text)
		refusedWith(t, err, "number_mistyped")
	}
	_, err := find(w.customer, request, "SO"+w.request.Number[2:])
	refusedWith(t, err, "number_of_other_kind")
	_, err = find(w.customer, request, "hello")
	refusedWith(t, err, "number_unreadable")
	for kind, text := range map[portalv1.SearchKind]string{serial: d.SerialNumber, request: w.request.Number} {
		_, err := find(w.stranger, kind, text)
		refusedWith(t, err, "nothing_found")
	}
	_, err = find(w.customer, serial, d.SerialNumber[:len(d.SerialNumber)-1])
	refusedWith(t, err, "nothing_found")
	_, err = find(w.dispatcher, serial, d.SerialNumber)
	if connect.CodeOf(err) != connect.CodePermissionDenied {
		t.Error(err)
	}
}
