package simulate

import (
	"context"
	"slices"
	"testing"
	"time"

	"utsendt/geo"
	"utsendt/internal/simulate/client"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// TestOutboxKeepsOrderWithoutCover: two jobs' steps wait without cover; meanwhile the office takes one back. What was
// done on the other counts from when it was done, and what was done on the one taken is kept as overtaken.
func TestOutboxKeepsOrderWithoutCover(t *testing.T) {
	t.Parallel()
	h := newHost(t, 1)
	h.start()
	defer h.end()
	ctx, w := t.Context(), newWorld(h.people(1, 60))
	customer, office := w.browser(w.cfg.Customers[0]), w.browser(w.cfg.Dispatcher)
	crew := map[string]*technician{}
	for i, who := range w.cfg.Technicians {
		tech := newTechnician(w, who, i)
		me, err := client.Call(ctx, &tech.phone.Session, tech.phone.Mobile.GetMe, &mobilev1.GetMeRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if err := tech.setDuty(ctx, true); err != nil {
			t.Fatal(err)
		}
		crew[me.Me.TechnicianId] = tech
	}
	devices, err := w.devices(ctx, customer)
	if err != nil {
		t.Fatal(err)
	}
	for _, recalled := range []bool{false, true} {
		i := slices.IndexFunc(devices, func(d *portalv1.Device) bool { return d.Place.GetPoint() != nil })
		device := devices[i]
		devices = slices.Delete(devices, i, i+1)
		opened, err := client.Call(ctx, &customer.Session, customer.Portal.OpenRequest, &portalv1.OpenRequestRequest{
			OperationId: operationID(), DeviceId: device.Id, Category: dispatchv1.FaultCategory_FAULT_CATEGORY_NOISE, Description: "Skraper",
		})
		if err != nil {
			t.Fatal(err)
		}
		id := opened.Request.Id
		assigned, err := client.Call(ctx, &office.Session, office.Dispatch.AutoAssign,
			&dispatchv1.AutoAssignRequest{OperationId: operationID(), RequestId: id})
		if err != nil {
			t.Fatal(err)
		}
		tech := crew[assigned.Request.Visit.TechnicianId]
		tech.at, tech.located = geo.Move(*pointOf(device.Place.Point), 90, 100), true

		tech.out.coverFrom = time.Now().Add(time.Hour)
		pressed := time.Now()
		for _, step := range []func(*mobilev1.Operation) error{
			func(op *mobilev1.Operation) error {
				_, err := tech.phone.Mobile.EnRoute(ctx, &mobilev1.EnRouteRequest{Operation: op, RequestId: id})
				return err
			},
			func(op *mobilev1.Operation) error {
				_, err := tech.phone.Mobile.OnSite(ctx, &mobilev1.OnSiteRequest{Operation: op, RequestId: id})
				return err
			},
		} {
			if err := tech.tell(ctx, 0, 0); err != nil {
				t.Fatal(err)
			}
			if err := tech.out.step(ctx, id, func(_ context.Context, op *mobilev1.Operation) error { return step(op) }); err != nil {
				t.Fatal(err)
			}
		}
		if len(tech.out.entries) != 4 {
			t.Fatalf("%d entries wait, want 4", len(tech.out.entries))
		}
		get := func() *dispatchv1.GetRequestResponse {
			t.Helper()
			res, err := client.Call(ctx, &office.Session, office.Dispatch.GetRequest, &dispatchv1.GetRequestRequest{Id: id})
			if err != nil {
				t.Fatal(err)
			}
			return res
		}
		if s := get().Request.State; s != dispatchv1.RequestState_REQUEST_STATE_DISPATCHED {
			t.Errorf("without cover the office sees %s", s)
		}
		want := dispatchv1.RequestState_REQUEST_STATE_ON_SITE
		if recalled {
			want = dispatchv1.RequestState_REQUEST_STATE_TO_BE_SCHEDULED
			if _, err := client.Call(ctx, &office.Session, office.Dispatch.Recall,
				&dispatchv1.RecallRequest{OperationId: operationID(), RequestId: id, Reason: "Trengs et annet sted"}); err != nil {
				t.Fatal(err)
			}
		}
		back := time.Now()
		tech.out.coverFrom = back
		if err := tech.out.flush(ctx); err != nil {
			t.Fatal(err)
		}
		after := get()
		overtaken := 0
		for _, a := range after.Activities {
			if a.Kind == "overtaken" {
				overtaken++
			}
		}
		if after.Request.State != want || tech.out.taken[id] != recalled || (overtaken == 2) != recalled {
			t.Errorf("recalled %t: %s, taken %t, %d overtaken", recalled, after.Request.State, tech.out.taken[id], overtaken)
		}
		if at := after.Request.GetVisit().GetOnSiteAt(); !recalled && (at.AsTime().Before(pressed) || at.AsTime().After(back.Add(time.Second))) {
			t.Errorf("on site at %s; the button was pressed after %s and before %s", at.AsTime(), pressed, back)
		}
	}
	if n := h.count(`SELECT count(*) FROM position_history`); n != 4 {
		t.Errorf("%d positions are kept, want 4", n)
	}
}
