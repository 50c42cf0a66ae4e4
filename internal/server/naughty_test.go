package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// naughty are strings that have broken programs, of our own; TestNaughtyStrings adds the public list where it is.
var naughty = []string{
	"a\x00b", "\u202eenoz\u2066\u2069", "👩‍👩‍👧‍👦🏳️‍🌈👍🏽", "z̷̬͚̍a̶l̸g̴o e\u0301 \u0061\u030a Å", "\xed\xa0\x80\xed\xb0\x80", "\xff\xfe",
	strings.Repeat("æ", 4000), strings.Repeat("👍", 1000), "' OR 1=1; DROP TABLE service_requests; --", `%_\%\\_`, `{"a":[1,"\u0000"]}`, `"\ud800"`,
	"<script>alert(1)</script>", "&amp;<b>", "a\r\nb\nc\td", "  leading and trailing  ", " \t\r\n", "\u00a0\u2003\ufeff", "\x01\x1f\x7f\u0085\u2028\u2029",
	"?0 ?", "$1 :name @x", "\\x00 \\u0000 %00", "null", "undefined", "NaN", "0", "true", "ﷺ", "ı İ ß ſ K", "\ufffe\uffff\U0010ffff", "E'\\''", "$$;$$",
}

func naughtyStrings(t *testing.T) []string {
	t.Helper()
	folder := os.Getenv("UTSENDT_TESTDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	data, err := os.ReadFile(filepath.Join(folder, "abuse", "blns.json"))
	if errors.Is(err, os.ErrNotExist) {
		t.Logf("the public list of naughty strings is not in %s (UTSENDT_TESTDATA): own list alone", folder)
		return naughty
	}
	if err != nil {
		t.Fatal(err)
	}
	var public []string
	if err := json.Unmarshal(data, &public); err != nil {
		t.Fatal(err)
	}
	return append(append([]string{}, naughty...), public...)
}

// tried counts what came back, and fails the test unless a refusal is Invalid.
type tried struct{ kept, refused int }

func (n *tried) refusal(t *testing.T, what, text string, err error) bool {
	t.Helper()
	if err == nil {
		n.kept++
		return false
	}
	n.refused++
	if !utf8.ValidString(text) {
		return true // the client refuses to encode it; TestBadFields sends such bytes past the encoder
	}
	if connect.CodeOf(err) != connect.CodeInvalidArgument {
		t.Errorf("%s %.60q: %v", what, text, err)
	}
	return true
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %.80q came back as %.80q", what, want, got)
	}
}

// bench is a place to try strings at: devices and a technician that no other place uses.
type bench struct {
	*world
	device, strangerDevice *portalv1.Device
	technician             *servertest.Person
	technicianID           string
	tried                  tried
}

// TestNaughtyStrings sends each through every text field of every change, and reads it back where it is shown: it comes
// back unchanged, or was refused as Invalid.
func TestNaughtyStrings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := naughtyStrings(t)
	const benches = 4
	var (
		group         sync.WaitGroup
		kept, refused atomic.Int64
	)
	for i := range benches {
		b := &bench{world: w, device: w.devices[1+i], strangerDevice: w.strangerDevices[i]}
		b.technician, b.technicianID = w.onDuty(t, fmt.Sprintf("tekniker4%d", i))
		group.Go(func() {
			for j := i; j < len(all) && !t.Failed(); j += benches {
				b.try(t, all[j])
			}
			kept.Add(int64(b.tried.kept))
			refused.Add(int64(b.tried.refused))
		})
	}
	group.Wait()
	// What people are told of it by e-mail could be written, too.
	w.quiet(t)
	var failed []string
	if err := w.DB.NewRaw(`SELECT last_error FROM deliveries WHERE state NOT IN ('sent', 'superseded') LIMIT 5`).Scan(t.Context(), &failed); err != nil {
		t.Fatal(err)
	}
	if len(failed) > 0 {
		t.Errorf("messages were not sent: %q", failed)
	}
	t.Logf("%d strings: %d times taken and given back, %d times refused", len(all), kept.Load(), refused.Load())
	if int(kept.Load()) < 4*len(all) || refused.Load() == 0 {
		t.Error("too little was taken, or nothing refused")
	}
}

func (b *bench) try(t *testing.T, text string) {
	ctx, n := t.Context(), &b.tried
	// A customer's words.
	open := &portalv1.OpenRequestRequest{
		OperationId: uuid.NewString(), DeviceId: b.device.Id, Category: 9, Description: text, ContactName: cut(text, 200),
		ContactPhone: cut(text, 50), ContactEmail: cut(text, 254),
	}
	res, err := b.customer.Portal.OpenRequest(ctx, open)
	if !n.refusal(t, "description", text, err) {
		got, err := b.customer.Portal.GetRequest(ctx, &portalv1.GetRequestRequest{Id: res.Request.Number})
		if err != nil {
			t.Errorf("%.60q: %v", text, err)
			return
		}
		same(t, "description", got.Request.Description, text)
		same(t, "contact name", got.Request.Contact.Name, open.ContactName)
		same(t, "contact phone", got.Request.Contact.Phone, open.ContactPhone)
		same(t, "contact email", got.Request.Contact.Email, open.ContactEmail)
		if err := b.passOn(t, res.Request.Id, text); err != nil {
			t.Errorf("%.60q: %v", text, err)
			return
		}
	}
	// The dispatcher's form, with a part.
	office := &dispatchv1.OpenRequestRequest{
		OperationId: uuid.NewString(), SerialNumber: b.strangerDevice.SerialNumber, Category: 9, Description: "x",
		Contact: &dispatchv1.Contact{Name: cut(text, 200), Phone: cut(text, 50), Email: cut(text, 254)}, Parts: []string{cut(text, 60)},
	}
	opened, err := b.dispatcher.Dispatch.OpenRequest(ctx, office)
	if !n.refusal(t, "contact", text, err) {
		got, err := b.dispatcher.Dispatch.Cancel(ctx, &dispatchv1.CancelRequest{
			OperationId: uuid.NewString(), RequestId: opened.Request.Id, Reason: "ended",
		})
		if err != nil {
			t.Errorf("%.60q: %v", text, err)
			return
		}
		same(t, "contact name", got.Request.Contact.Name, office.Contact.Name)
		same(t, "part", got.Request.Parts[0], office.Parts[0])
	}
	b.lookFor(t, text)
}

// passOn takes an open request with the text through notes, reasons and the technician's words, and ends it.
func (b *bench) passOn(t *testing.T, id, text string) error {
	ctx, n := t.Context(), &b.tried
	last := func() string {
		got, err := b.dispatcher.Dispatch.GetRequest(ctx, &dispatchv1.GetRequestRequest{Id: id})
		if err != nil {
			return err.Error()
		}
		return got.Activities[len(got.Activities)-1].Text
	}
	assign := func() error {
		return second(b.dispatcher.Dispatch.Assign(ctx, &dispatchv1.AssignRequest{
			OperationId: uuid.NewString(), RequestId: id, TechnicianId: b.technicianID, OverrideQualification: true,
		}))
	}
	short := cut(text, 1000)
	_, err := b.dispatcher.Dispatch.AddNote(ctx, &dispatchv1.AddNoteRequest{OperationId: uuid.NewString(), RequestId: id, Text: text})
	if !n.refusal(t, "note", text, err) {
		same(t, "note", last(), text)
	}
	if err := assign(); err != nil {
		return err
	}
	if _, err = b.technician.Mobile.Decline(ctx, &mobilev1.DeclineRequest{Operation: servertest.Op(), RequestId: id, Reason: short}); n.refusal(t, "decline", text, err) {
		if _, err := b.dispatcher.Dispatch.Recall(ctx, &dispatchv1.RecallRequest{OperationId: uuid.NewString(), RequestId: id, Reason: "x"}); err != nil {
			return err
		}
	} else {
		same(t, "decline", last(), short)
	}
	if err := assign(); err != nil {
		return err
	}
	if _, err = b.dispatcher.Dispatch.Recall(ctx, &dispatchv1.RecallRequest{OperationId: uuid.NewString(), RequestId: id, Reason: short}); n.refusal(t, "recall", text, err) {
		if _, err := b.dispatcher.Dispatch.Recall(ctx, &dispatchv1.RecallRequest{OperationId: uuid.NewString(), RequestId: id, Reason: "x"}); err != nil {
			return err
		}
	} else {
		same(t, "recall", last(), short)
	}
	if err := assign(); err != nil {
		return err
	}
	for _, step := range []error{
		second(b.technician.Mobile.EnRoute(ctx, &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: id})),
		second(b.technician.Mobile.OnSite(ctx, &mobilev1.OnSiteRequest{Operation: servertest.Op(), RequestId: id})),
	} {
		if step != nil {
			return step
		}
	}
	done := &mobilev1.CompleteRequest{
		Operation: servertest.Op(), RequestId: id, Outcome: 1, Text: text, PartsUsed: []*mobilev1.PartUsed{{PartNumber: cut(text, 60), Quantity: 1}},
		Readings: []*mobilev1.CounterReading{{Counter: cut(text, 30), Value: 1}},
	}
	if _, err = b.technician.Mobile.Complete(ctx, done); !n.refusal(t, "completion", text, err) {
		got, err := b.customer.Portal.GetRequest(ctx, &portalv1.GetRequestRequest{Id: id})
		if err != nil {
			return err
		}
		same(t, "outcome", got.Request.Outcome, text)
		var part, counter string
		if err := b.DB.NewRaw(`SELECT parts_used->0->>'part_number', readings->0->>'counter' FROM visits WHERE request_id = ? AND state = 'done'`, id).
			Scan(ctx, &part, &counter); err != nil {
			return err
		}
		same(t, "part used", part, done.PartsUsed[0].PartNumber)
		same(t, "counter", counter, done.Readings[0].Counter)
		return nil
	}
	if _, err = b.dispatcher.Dispatch.Cancel(ctx, &dispatchv1.CancelRequest{OperationId: uuid.NewString(), RequestId: id, Reason: short}); n.refusal(t, "cancel", text, err) {
		_, err = b.dispatcher.Dispatch.Cancel(ctx, &dispatchv1.CancelRequest{OperationId: uuid.NewString(), RequestId: id, Reason: "x"})
	}
	return err
}

// lookFor searches for the text, and signs in with it: nothing but Invalid, and of sign-in the usual refusals.
func (b *bench) lookFor(t *testing.T, text string) {
	ctx, n := t.Context(), &b.tried
	query := cut(text, 200)
	n.refusal(t, "query", text, second(b.customer.Portal.ListDevices(ctx, &portalv1.ListDevicesRequest{Query: query})))
	n.refusal(t, "query", text, second(b.dispatcher.Dispatch.ListRequests(ctx, &dispatchv1.ListRequestsRequest{Query: query})))
	n.refusal(t, "query", text, second(b.dispatcher.Dispatch.ListTechnicians(ctx, &dispatchv1.ListTechniciansRequest{Query: query})))
	_, err := b.Nobody(t).Session.SignIn(ctx, &identityv1.SignInRequest{UserId: query, Password: query})
	if !utf8.ValidString(text) {
		return
	}
	switch connect.CodeOf(err) {
	case connect.CodeUnauthenticated, connect.CodeInvalidArgument, connect.CodeResourceExhausted:
	default:
		t.Errorf("signing in with %.60q: %v", text, err)
	}
}

func second[T any](_ T, err error) error { return err }

// cut keeps the first characters of a text, and lets what is no text be.
func cut(text string, limit int) string {
	for i := range text {
		if limit--; limit < 0 {
			return text[:i]
		}
	}
	return text
}
