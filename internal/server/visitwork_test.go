package server_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

const (
	photoKind     = dispatchv1.VisitFileKind_VISIT_FILE_KIND_PHOTO
	signatureKind = dispatchv1.VisitFileKind_VISIT_FILE_KIND_SIGNATURE
)

// What a technician reads, uses, writes and photographs is seen by staff, by the customer, and by the technician who comes
// next; a reading goes into the device's readings, and parts out of the van.
func TestWhatWasDoneAtAVisit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, phone, request := t.Context(), w.technician.Mobile, w.request.Id
	job, err := phone.GetJob(ctx, &mobilev1.GetJobRequest{RequestId: request})
	if err != nil {
		t.Fatal(err)
	}
	counters, van := job.Job.Counters, map[string]int32{}
	if len(counters) == 0 || counters[0].Counter != "black" || counters[0].GetLastValue() == 0 || counters[0].LastTakenAt == nil {
		t.Fatalf("counters: %v", counters)
	}
	for _, p := range job.Job.VanStock {
		van[p.PartNumber] = p.Quantity
	}
	if len(van) == 0 || len(job.Job.Guide) == 0 {
		t.Fatalf("van %v, guide %v", van, job.Job.Guide)
	}
	guide, err := phone.GetGuide(ctx, &mobilev1.GetGuideRequest{Slug: job.Job.Guide[0].Slug})
	if err != nil || guide.Article.Title != job.Job.Guide[0].Title || guide.Article.Html == "" {
		t.Errorf("guide: %v %v", guide, err)
	}
	// A part of the catalogue has a name.
	supplies, err := w.customer.Supplies.ListSupplies(ctx, &portalv1.ListSuppliesRequest{DeviceId: w.devices[0].Id})
	if err != nil || len(supplies.Supplies) == 0 {
		t.Fatalf("supplies: %v %v", supplies, err)
	}
	named := supplies.Supplies[0]

	for _, step := range []func() error{
		func() error {
			return second(phone.EnRoute(ctx, &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: request, VisitId: &w.visitID}))
		},
		func() error {
			return second(phone.OnSite(ctx, &mobilev1.OnSiteRequest{Operation: servertest.Op(), RequestId: request, VisitId: &w.visitID}))
		},
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	complete := &mobilev1.CompleteRequest{
		Operation: servertest.Op(), RequestId: request, VisitId: &w.visitID, Outcome: mobilev1.Outcome_OUTCOME_SOLVED, Text: "Byttet valse",
		SignedBy: "Kari Eksempel", PartsUsed: []*mobilev1.PartUsed{{PartNumber: "DEMO-DRUM", Quantity: 1}, {PartNumber: named.Number, Quantity: 2}},
	}
	for _, c := range counters {
		complete.Readings = append(complete.Readings, &mobilev1.CounterReading{Counter: c.Counter, Value: c.GetLastValue() + 3})
	}
	// One counter that the model does not have: nothing has happened, and it says which.
	complete.Readings = append(complete.Readings, &mobilev1.CounterReading{Counter: "fax", Value: 1})
	_, err = phone.Complete(ctx, complete)
	if f := faultOf(err); connect.CodeOf(err) != connect.CodeInvalidArgument || f.GetReason() != "counter_unknown" ||
		f.GetField() != fmt.Sprintf("readings[%d].counter", len(counters)) {
		t.Errorf("an impossible reading: %v %v", err, f)
	}
	refused := complete.Operation.Id
	complete.Readings, complete.Operation = complete.Readings[:len(counters)], servertest.Op()
	for range 2 {
		if done, err := phone.Complete(ctx, complete); err != nil || done.State != dispatchv1.RequestState_REQUEST_STATE_COMPLETED {
			t.Fatalf("%v %v", done, err)
		}
	}
	send(t, w.technician, request, w.visitID, signatureKind, photo(t, 1))
	for shade := range uint8(2) {
		send(t, w.technician, request, w.visitID, photoKind, photo(t, 2+shade))
	}

	// The ledger has the reading once, taken by the technician.
	readings, err := w.customer.Readings.ListReadings(ctx, &portalv1.ListReadingsRequest{DeviceId: w.devices[0].Id})
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for _, r := range readings.Readings {
		if r.Source == portalv1.ReadingSource_READING_SOURCE_TECHNICIAN && r.Counters[0].Value == counters[0].GetLastValue()+3 {
			taken++
		}
	}
	if taken != 1 {
		t.Errorf("%d readings by the technician", taken)
	}

	// Staff, the technician and the customer see the same work.
	var file *dispatchv1.VisitFile
	seen := func(who, text, signed string, parts []*dispatchv1.VisitPart, values []*dispatchv1.VisitReading, files []*dispatchv1.VisitFile) {
		t.Helper()
		if text != "Byttet valse" || signed != "Kari Eksempel" || len(parts) != 2 || parts[1].Name != named.Name || parts[1].Quantity != 2 ||
			len(values) != len(counters) || len(files) != 3 || files[2].Kind != signatureKind {
			t.Errorf("%s sees %q %q %v %v %v", who, text, signed, parts, values, files)
		}
		file = files[0]
	}
	office, err := w.dispatcher.Dispatch.ListVisits(ctx, &dispatchv1.ListVisitsRequest{RequestId: request})
	if err != nil || len(office.Visits) != 1 || office.Visits[0].Visit.State != dispatchv1.VisitState_VISIT_STATE_DONE || office.Visits[0].Outcome != "solved" {
		t.Fatalf("%v %v", office, err)
	}
	v := office.Visits[0]
	seen("staff", v.Text, v.SignedBy, v.PartsUsed, v.Readings, v.Files)
	mine, err := phone.ListVisits(ctx, &mobilev1.ListVisitsRequest{RequestId: request})
	if err != nil || len(mine.Visits) != 1 {
		t.Fatalf("%v %v", mine, err)
	}
	v = mine.Visits[0]
	seen("the technician", v.Text, v.SignedBy, v.PartsUsed, v.Readings, v.Files)
	theirs, err := w.customer.Visits.ListVisits(ctx, &portalv1.ListVisitsRequest{RequestId: request})
	if err != nil || len(theirs.Visits) != 1 || theirs.Visits[0].Result != portalv1.VisitResult_VISIT_RESULT_SOLVED || theirs.Visits[0].EndedAt == nil {
		t.Fatalf("%v %v", theirs, err)
	}
	c := theirs.Visits[0]
	seen("the customer", c.Text, c.SignedBy, c.PartsUsed, c.Readings, c.Files)

	// Nobody else sees the pictures; the technician who comes next does.
	sees := func(who string, p *servertest.Person, want int) {
		t.Helper()
		for _, url := range []string{file.Url, file.ThumbnailUrl} {
			if res, _ := fetch(t, w.Server, p, url, nil); res.StatusCode != want {
				t.Errorf("%s: %d for %s", who, res.StatusCode, url)
			}
		}
	}
	sees("the customer", w.customer, http.StatusOK)
	sees("staff", w.dispatcher, http.StatusOK)
	sees("the technician", w.technician, http.StatusOK)
	sees("another company", w.stranger, http.StatusNotFound)
	sees("a colleague", w.colleague, http.StatusNotFound)
	sees("nobody", w.Nobody(t), http.StatusUnauthorized)
	next := w.open(t, w.devices[0], "Igjen")
	w.assign(t, next.Id, w.colleagueID)
	sees("the colleague who comes next", w.colleague, http.StatusOK)
	after, err := w.colleague.Mobile.GetJob(ctx, &mobilev1.GetJobRequest{RequestId: next.Id})
	if err != nil || after.Job.Earlier[0].RequestId != request || after.Job.Counters[0].GetLastValue() != counters[0].GetLastValue()+3 {
		t.Errorf("%v %v", after, err)
	}
	if earlier, err := w.colleague.Mobile.ListVisits(ctx, &mobilev1.ListVisitsRequest{RequestId: request}); err != nil || len(earlier.Visits[0].Files) != 3 {
		t.Errorf("%v %v", earlier, err)
	}
	if _, err := w.DB.ExecContext(ctx, `UPDATE registrations SET state = 'removed' WHERE device_id = ?`, w.devices[0].Id); err != nil {
		t.Fatal(err)
	}
	sees("a customer who left", w.customer, http.StatusNotFound)

	// The van has one drum less, and the phone learns what became of its operations.
	var drums int32
	if err := w.DB.NewRaw(`SELECT quantity FROM van_stock WHERE technician_id = ? AND part_number = 'DEMO-DRUM'`, w.technicianID).
		Scan(ctx, &drums); err != nil || drums != max(0, van["DEMO-DRUM"]-1) {
		t.Errorf("%d drums after %d: %v", drums, van["DEMO-DRUM"], err)
	}
	fates, err := phone.ListOperations(ctx, &mobilev1.ListOperationsRequest{Ids: []string{complete.Operation.Id, refused, uuid.NewString()}})
	if err != nil || len(fates.Fates) != 3 {
		t.Fatalf("%v %v", fates, err)
	}
	if f := fates.Fates[0]; f.State != mobilev1.OperationState_OPERATION_STATE_TOOK_EFFECT || f.Kind != "complete" || f.GetRequestId() != request ||
		f.GetRequestState() != dispatchv1.RequestState_REQUEST_STATE_COMPLETED || f.TakenAt == nil || f.Refusal != nil {
		t.Errorf("%v", f)
	}
	for _, f := range fates.Fates[1:] {
		if f.State != mobilev1.OperationState_OPERATION_STATE_UNKNOWN || f.Kind != "" || f.TakenAt != nil {
			t.Errorf("%v", f)
		}
	}
	if theirs, err := w.colleague.Mobile.ListOperations(ctx, &mobilev1.ListOperationsRequest{Ids: []string{complete.Operation.Id}}); err != nil ||
		theirs.Fates[0].State != mobilev1.OperationState_OPERATION_STATE_UNKNOWN {
		t.Errorf("a colleague learns %v %v", theirs, err)
	}
}

// A phone that comes back after days learns that the office overtook it, in the technician's language, and its pictures are
// taken all the same.
func TestPhoneComesBackAfterTheOfficeTookTheJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, phone := t.Context(), w.technician.Mobile
	w.assignElsewhere(t)
	// The same technician gets it again: another visit.
	if _, err := w.dispatcher.Dispatch.Recall(ctx, &dispatchv1.RecallRequest{OperationId: uuid.NewString(), RequestId: w.request.Id, Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	w.assign(t, w.request.Id, w.technicianID)
	op := &mobilev1.Operation{Id: uuid.NewString(), PhoneTime: timestamppb.New(time.Now().Add(-48 * time.Hour)), SentPhoneTime: timestamppb.Now()}
	_, err := phone.EnRoute(ctx, &mobilev1.EnRouteRequest{Operation: op, RequestId: w.request.Id, VisitId: &w.visitID})
	if f := faultOf(err); connect.CodeOf(err) != connect.CodeFailedPrecondition || f.GetReason() != "overtaken" || f.GetParams()["visit_state"] != "recalled" {
		t.Errorf("%v", err)
	}
	fates, err := phone.ListOperations(ctx, &mobilev1.ListOperationsRequest{Ids: []string{op.Id}})
	if err != nil {
		t.Fatal(err)
	}
	f := fates.Fates[0]
	if f.State != mobilev1.OperationState_OPERATION_STATE_REFUSED || f.Refusal.GetReason() != "overtaken" || f.Refusal.GetText() == "" ||
		f.GetRequestState() != dispatchv1.RequestState_REQUEST_STATE_DISPATCHED || f.Kind != "depart" {
		t.Errorf("%v", f)
	}
	if up := send(t, w.technician, w.request.Id, w.visitID, photoKind, photo(t, 9)); up.State != mobilev1.UploadState_UPLOAD_STATE_STORED {
		t.Errorf("%v", up)
	}
	// Staff see it; the customer does not see a visit that never was.
	office, err := w.dispatcher.Dispatch.ListVisits(ctx, &dispatchv1.ListVisitsRequest{RequestId: w.request.Id})
	if err != nil || len(office.Visits) != 3 || len(office.Visits[0].Files) != 1 {
		t.Errorf("%v %v", office, err)
	}
	theirs, err := w.customer.Visits.ListVisits(ctx, &portalv1.ListVisitsRequest{RequestId: w.request.Id})
	if err != nil || len(theirs.Visits) != 0 {
		t.Errorf("%v %v", theirs, err)
	}
	if res, _ := fetch(t, w.Server, w.customer, office.GetVisits()[0].Files[0].Url, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("the customer gets %d", res.StatusCode)
	}
}

// assignElsewhere gives the technician's job to the colleague.
func (w *world) assignElsewhere(t *testing.T) {
	t.Helper()
	if _, err := w.dispatcher.Dispatch.Reassign(t.Context(), &dispatchv1.ReassignRequest{
		OperationId: uuid.NewString(), RequestId: w.request.Id, TechnicianId: w.colleagueID, Reason: "x", OverrideQualification: true,
	}); err != nil {
		t.Fatal(err)
	}
}
