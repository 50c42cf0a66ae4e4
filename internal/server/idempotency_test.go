package server_test

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/demo"
	"utsendt/internal/identity"
	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// repeater sends each change twelve times: once, ten times at once, and once more.
type repeater struct {
	w    *world
	seen map[string]bool
}

// again makes a call twelve times and gives what it answered; every answer must be the same, and the history one line
// longer (none where the change is not on a request).
func again[Req, Res proto.Message](t *testing.T, r *repeater, call func(Req) (Res, error), req Req) Res {
	t.Helper()
	r.seen[string(req.ProtoReflect().Descriptor().FullName())] = true
	name, audited := string(req.ProtoReflect().Descriptor().FullName()), r.audited(t)
	first, err := call(req)
	if err != nil {
		t.Fatalf("%T: %v", req, err)
	}
	if r.audited(t) == audited && leavesNoLine[name] == "" {
		t.Errorf("%s left no line in the audit trail", name)
	}
	lines := r.lines(t)
	var group sync.WaitGroup
	for range 11 {
		group.Go(func() {
			res, err := call(proto.CloneOf(req))
			if err != nil {
				t.Errorf("%T again: %v", req, err)
			} else if !proto.Equal(timeless(res), timeless(first)) {
				t.Errorf("%T again: %v, before %v", req, res, first)
			}
		})
	}
	group.Wait()
	if now := r.lines(t); now != lines {
		t.Errorf("%T took effect again: %d lines of history, before %d", req, now, lines)
	}
	// The same id for another question is refused, and changes nothing either.
	other := proto.CloneOf(req)
	text := other.ProtoReflect().Descriptor().Fields()
	for _, name := range []protoreflect.Name{"description", "reason", "text", "technician_id", "request_id"} {
		if field := text.ByName(name); field != nil {
			other.ProtoReflect().Set(field, protoreflect.ValueOfString(uuid.NewString()))
			_, err := call(other)
			if code := connect.CodeOf(err); err == nil || (code != connect.CodeInvalidArgument && code != connect.CodeNotFound) {
				t.Errorf("%T with a used id for something else: %v", req, err)
			}
			break
		}
	}
	return first
}

// racing makes a call ten times at once without one before: all answers are of one effect.
func racing[Req, Res proto.Message](t *testing.T, call func(Req) (Res, error), req Req) Res {
	t.Helper()
	answers := make([]Res, 10)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			res, err := call(proto.CloneOf(req))
			if err != nil {
				t.Errorf("%T at once: %v", req, err)
			}
			answers[i] = res
		})
	}
	group.Wait()
	for _, a := range answers {
		if !proto.Equal(timeless(a), timeless(answers[0])) {
			t.Errorf("%T at once: %v and %v", req, a, answers[0])
		}
	}
	return answers[0]
}

func (r *repeater) lines(t *testing.T) (n int) {
	t.Helper()
	if err := r.w.DB.NewRaw(`SELECT (SELECT count(*) FROM activities) + (SELECT count(*) FROM audit_trail)`).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// audited counts the audit trail.
func (r *repeater) audited(t *testing.T) (n int) {
	t.Helper()
	if err := r.w.DB.NewRaw(`SELECT count(*) FROM audit_trail`).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// timeless leaves out the server's present time and the age of positions.
func timeless(m proto.Message) proto.Message {
	m = proto.Clone(m)
	switch m := m.(type) {
	case *mobilev1.SetDutyResponse:
		if m.GetMe() != nil {
			m.Me.ServerTime = nil
		}
	case *dispatchv1.AutoAssignResponse:
		if m.GetCandidate().GetTechnician() != nil {
			m.Candidate.Technician.Position = nil
		}
	}
	return m
}

// simple drops the context of a client's method.
func simple[Req, Res any](t *testing.T, call func(context.Context, Req) (Res, error)) func(Req) (Res, error) {
	return func(req Req) (Res, error) { return call(t.Context(), req) }
}

// TestEveryChangeTakesEffectOnce: whatever carries an operation id may be sent any number of times, also at once.
func TestEveryChangeTakesEffectOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := &repeater{w: w, seen: map[string]bool{}}
	office, phone, portal := w.dispatcher.Dispatch, w.technician.Mobile, w.customer.Portal
	id := uuid.NewString

	again(t, r, simple(t, phone.SetDuty), &mobilev1.SetDutyRequest{Operation: servertest.Op(), OnDuty: true})
	req := again(t, r, simple(t, portal.OpenRequest), &portalv1.OpenRequestRequest{
		OperationId: id(), DeviceId: w.devices[1].Id, Category: 1, Description: "x",
	}).Request.Id
	added := again(t, r, simple(t, w.customer.Photos.UploadPhoto), &portalv1.UploadPhotoRequest{OperationId: id(), Data: photo(t, 7)}).Photo.Id
	again(t, r, simple(t, portal.UpdateRequest), &portalv1.UpdateRequestRequest{OperationId: id(), RequestId: req, Text: "x", PhotoIds: []string{added}})
	again(t, r, simple(t, office.OpenRequest), &dispatchv1.OpenRequestRequest{
		OperationId: id(), SerialNumber: w.strangerDevices[0].SerialNumber, Category: 1, Description: "x", Parts: []string{"X-1"},
	})
	window := &dispatchv1.Window{Start: timestamppb.Now(), End: timestamppb.New(time.Now().Add(48 * time.Hour))}
	again(t, r, simple(t, office.Schedule), &dispatchv1.ScheduleRequest{OperationId: id(), RequestId: req, Window: window})
	again(t, r, simple(t, office.Assign), &dispatchv1.AssignRequest{
		OperationId: id(), RequestId: req, TechnicianId: w.technicianID, OverrideQualification: true,
	})
	again(t, r, simple(t, phone.Accept), &mobilev1.AcceptRequest{Operation: servertest.Op(), RequestId: req})
	again(t, r, simple(t, phone.Decline), &mobilev1.DeclineRequest{Operation: servertest.Op(), RequestId: req, Reason: "x"})
	// Everybody of the device's town on duty, so that there is a candidate.
	for _, s := range demo.SignIns() {
		if s.Role == identity.RoleTechnician && strings.HasSuffix(s.About, ", "+w.devices[1].Place.City) {
			w.onDuty(t, s.UserID)
		}
	}
	auto := again(t, r, simple(t, office.AutoAssign), &dispatchv1.AutoAssignRequest{OperationId: id(), RequestId: req})
	if auto.Candidate == nil || auto.Request.Visit == nil {
		t.Errorf("assigned automatically: %v", auto)
	}
	other := w.colleagueID
	if auto.Request.Visit.TechnicianId == other {
		other = w.technicianID
	}
	again(t, r, simple(t, office.Reassign), &dispatchv1.ReassignRequest{
		OperationId: id(), RequestId: req, TechnicianId: other, Reason: "x", OverrideQualification: true,
	})
	again(t, r, simple(t, office.Recall), &dispatchv1.RecallRequest{OperationId: id(), RequestId: req, Reason: "x"})
	again(t, r, simple(t, office.AddNote), &dispatchv1.AddNoteRequest{OperationId: id(), RequestId: req, Text: "x"})
	w.assign(t, req, w.technicianID)
	again(t, r, simple(t, phone.EnRoute), &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: req})
	again(t, r, simple(t, phone.OnSite), &mobilev1.OnSiteRequest{Operation: servertest.Op(), RequestId: req})
	again(t, r, simple(t, phone.Complete), &mobilev1.CompleteRequest{
		Operation: servertest.Op(), RequestId: req, Outcome: 1, Text: "x", PartsUsed: []*mobilev1.PartUsed{{PartNumber: "DEMO-DRUM", Quantity: 1}},
	})
	digest := sha256.Sum256(photo(t, 8))
	again(t, r, simple(t, phone.StartUpload), &mobilev1.StartUploadRequest{
		OperationId: id(), RequestId: w.request.Id, VisitId: w.visitID, Kind: 1, Size: int64(len(photo(t, 8))), Sha256: digest[:],
	})
	again(t, r, simple(t, office.Cancel), &dispatchv1.CancelRequest{OperationId: id(), RequestId: w.request.Id, Reason: "x"})

	w.repeatOrders(t, r)

	// Ten at once from nothing: one request with one number, one note, one assignment.
	raced := racing(t, simple(t, portal.OpenRequest), &portalv1.OpenRequestRequest{
		OperationId: id(), DeviceId: w.devices[2].Id, Category: 1, Description: "race",
	}).GetRequest()
	racing(t, simple(t, office.AddNote), &dispatchv1.AddNoteRequest{OperationId: id(), RequestId: raced.GetId(), Text: "race"})
	racing(t, simple(t, office.Assign), &dispatchv1.AssignRequest{
		OperationId: id(), RequestId: raced.GetId(), TechnicianId: w.technicianID, OverrideQualification: true,
	})
	racing(t, simple(t, phone.EnRoute), &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: raced.GetId()})
	end := racing(t, simple(t, office.Cancel), &dispatchv1.CancelRequest{OperationId: id(), RequestId: raced.GetId(), Reason: "race"}).GetRequest()
	if end.GetVersion() != 5 {
		t.Errorf("five changes made version %d", end.GetVersion())
	}
	dispatchtest.CheckInvariants(t, w.DB.DB)

	officeAgain(t, r)
	w.accountAgain(t, r)
	w.repeatRegistrations(t, r)
	w.readingsAgain(t, r)
	w.trackingAgain(t, r)

	var missed []string
	for _, p := range procedures() {
		fields := p.Input().Fields()
		if (fields.ByName("operation_id") != nil || fields.ByName("operation") != nil) && !r.seen[string(p.Input().FullName())] {
			missed = append(missed, p.path())
		}
	}
	if slices.Sort(missed); len(missed) > 0 {
		t.Errorf("not sent again here: %v", missed)
	}
}
