package server_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// TestLifeOfARequest takes one request from the customer's click to the technician's last word, as the three people
// who are in it, and looks at what the customer's open page is told.
func TestLifeOfARequest(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{Demo: true})
	ctx := t.Context()
	customer, dispatcher := s.Browser(t, "kunde01"), s.Browser(t, "sentral1")

	devices, err := customer.Portal.ListDevices(ctx, &portalv1.ListDevicesRequest{})
	if err != nil || len(devices.Devices) == 0 {
		t.Fatalf("devices: %v %v", devices, err)
	}
	device := devices.Devices[0]
	opened, err := customer.Portal.OpenRequest(ctx, &portalv1.OpenRequestRequest{
		OperationId: uuid.NewString(), DeviceId: device.Id,
		Category: dispatchv1.FaultCategory_FAULT_CATEGORY_PAPER_JAM, Description: "Papiret setter seg fast",
	})
	if err != nil {
		t.Fatal(err)
	}
	id := opened.Request.Id

	stream, err := customer.Portal.WatchRequest(ctx, &portalv1.WatchRequestRequest{Id: opened.Request.Number})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	seen := make(chan *portalv1.WatchRequestResponse, 100)
	go func() {
		defer close(seen)
		for stream.Receive() {
			seen <- stream.Msg()
		}
	}()
	await := func(what string, ok func(*portalv1.WatchRequestResponse) bool) *portalv1.WatchRequestResponse {
		t.Helper()
		deadline := time.After(30 * time.Second)
		for {
			select {
			case m, open := <-seen:
				if !open {
					t.Fatalf("the stream ended before %s: %v", what, stream.Err())
				}
				if m.Tracking != nil && m.Request.State != dispatchv1.RequestState_REQUEST_STATE_EN_ROUTE {
					t.Fatalf("a position is shown in %v", m.Request.State)
				}
				if ok(m) {
					return m
				}
			case <-deadline:
				t.Fatalf("%s did not arrive", what)
			}
		}
	}
	inState := func(state dispatchv1.RequestState) func(*portalv1.WatchRequestResponse) bool {
		return func(m *portalv1.WatchRequestResponse) bool { return m.Request.GetState() == state }
	}
	await("the first state", inState(dispatchv1.RequestState_REQUEST_STATE_TO_BE_SCHEDULED))

	phone := s.Phone(t, "tekniker01")
	onDuty, err := phone.Mobile.SetDuty(ctx, &mobilev1.SetDutyRequest{Operation: servertest.Op(), OnDuty: true})
	if err != nil || !onDuty.Me.OnDuty || onDuty.Me.ReportEvery == nil {
		t.Fatalf("duty: %v %v", onDuty, err)
	}
	candidates, err := dispatcher.Dispatch.ListCandidates(ctx, &dispatchv1.ListCandidatesRequest{RequestId: id})
	if err != nil || len(candidates.Candidates) == 0 {
		t.Fatalf("candidates: %v %v", candidates, err)
	}
	if _, err := dispatcher.Dispatch.Assign(ctx, &dispatchv1.AssignRequest{
		OperationId: uuid.NewString(), RequestId: id, TechnicianId: onDuty.Me.TechnicianId, OverrideQualification: true,
		ExpectedVersion: opened.Request.Version,
	}); err != nil {
		t.Fatal(err)
	}
	m := await("Dispatched", inState(dispatchv1.RequestState_REQUEST_STATE_DISPATCHED))
	if m.Request.TechnicianFirstName == "" || m.Request.PlannedArrival == nil {
		t.Errorf("Dispatched without a name or an arrival: %v", m.Request)
	}

	jobs, err := phone.Mobile.ListJobs(ctx, &mobilev1.ListJobsRequest{})
	if err != nil || len(jobs.Jobs) != 1 || jobs.Jobs[0].RequestId != id {
		t.Fatalf("jobs: %v %v", jobs, err)
	}
	if _, err := phone.Mobile.Accept(ctx, &mobilev1.AcceptRequest{Operation: servertest.Op(), RequestId: id}); err != nil {
		t.Fatal(err)
	}
	if _, err := phone.Mobile.EnRoute(ctx, &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: id}); err != nil {
		t.Fatal(err)
	}
	// The phone is told to report often from the moment it leaves, before its first report is answered.
	if me, err := phone.Mobile.GetMe(ctx, &mobilev1.GetMeRequest{}); err != nil || me.Me.ReportEvery.AsDuration() > 30*time.Second {
		t.Errorf("on the way a position is wanted every %v: %v", me.GetMe().GetReportEvery().AsDuration(), err)
	}
	await("En route", inState(dispatchv1.RequestState_REQUEST_STATE_EN_ROUTE))
	rep, err := phone.Mobile.ReportPositions(ctx, &mobilev1.ReportPositionsRequest{
		SentPhoneTime: timestamppb.Now(), Fixes: []*mobilev1.Fix{{
			Point:          &livev1.Point{Latitude: device.Place.Point.Latitude + 0.05, Longitude: device.Place.Point.Longitude},
			AccuracyMetres: 12, PhoneTime: timestamppb.Now(),
		}},
	})
	if err != nil || rep.Verdicts[0] != mobilev1.FixVerdict_FIX_VERDICT_LIVE {
		t.Fatalf("positions: %v %v", rep, err)
	}
	m = await("a position", func(m *portalv1.WatchRequestResponse) bool { return m.Tracking.GetPosition() != nil })
	if p := m.Tracking.Position; p.Stale || p.AccuracyMetres != 12 || m.Tracking.Eta == nil {
		t.Errorf("tracking is %v", m.Tracking)
	}
	if _, err := phone.Mobile.OnSite(ctx, &mobilev1.OnSiteRequest{Operation: servertest.Op(), RequestId: id}); err != nil {
		t.Fatal(err)
	}
	await("On site", inState(dispatchv1.RequestState_REQUEST_STATE_ON_SITE))
	done, err := phone.Mobile.Complete(ctx, &mobilev1.CompleteRequest{
		Operation: servertest.Op(), RequestId: id, Outcome: mobilev1.Outcome_OUTCOME_SOLVED, Text: "Byttet valse",
		PartsUsed: []*mobilev1.PartUsed{{PartNumber: "X-1", Quantity: 1}},
		Readings:  []*mobilev1.CounterReading{{Counter: "black", Value: 4711}},
	})
	if err != nil || done.State != dispatchv1.RequestState_REQUEST_STATE_COMPLETED {
		t.Fatalf("complete: %v %v", done, err)
	}
	m = await("Completed", inState(dispatchv1.RequestState_REQUEST_STATE_COMPLETED))
	if m.Request.Outcome != "Byttet valse" || m.Request.OnSiteAt == nil {
		t.Errorf("completed as %v", m.Request)
	}
	detail, err := dispatcher.Dispatch.GetRequest(ctx, &dispatchv1.GetRequestRequest{Id: opened.Request.Number})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, a := range detail.Activities {
		kinds = append(kinds, a.Kind)
	}
	t.Logf("history: %v", kinds)
	if len(detail.Visits) != 1 || detail.Visits[0].State != dispatchv1.VisitState_VISIT_STATE_DONE || len(kinds) < 6 {
		t.Errorf("visits %v, history %v", detail.Visits, kinds)
	}
}
