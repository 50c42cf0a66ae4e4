package server_test

import (
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// TestEveryProcedureHasARule: a new RPC without a rule fails here, and so does a rule without an RPC.
func TestEveryProcedureHasARule(t *testing.T) {
	t.Parallel()
	if missing := server.Access().Missing(server.Files()...); len(missing) > 0 {
		t.Errorf("no rule says who may call %v", missing)
	}
	if unknown := server.Access().Unknown(server.Files()...); len(unknown) > 0 {
		t.Errorf("rules for what is not served: %v", unknown)
	}
}

// TestOtherRoles calls every RPC as everyone whom it is not for: by the service, except that the two services for
// whoever is signed in refuse nobody but those who are not.
func TestOtherRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	disabled := w.Phone(t, "tekniker05")
	if _, err := w.DB.ExecContext(t.Context(), `UPDATE people SET disabled_at = now() WHERE user_id = 'tekniker05'`); err != nil {
		t.Fatal(err)
	}
	// A new password first, before anything else.
	pending := w.Phone(t, "tekniker06")
	if _, err := w.DB.ExecContext(t.Context(), `UPDATE people SET must_change_password = true WHERE user_id = 'tekniker06'`); err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{
		"customer": w.token(t, w.customer), "technician": w.token(t, w.technician), "dispatcher": w.token(t, w.dispatcher),
		"admin": w.token(t, w.admin), "disabled": disabled.Token, "pending": pending.Token, "nobody": "",
	}
	may := map[string][]string{
		"dispatch": {"dispatcher", "admin"}, "backoffice": {"dispatcher", "admin"}, "mobile": {"technician"}, "portal": {"customer"},
		"identity": {"customer", "technician", "dispatcher", "admin"}, "live": {"customer", "technician", "dispatcher", "admin"},
	}
	before := w.digest(t)
	for _, p := range procedures() {
		if p.open() {
			continue
		}
		allowed, known := may[p.serves()]
		if !known {
			t.Fatalf("%s: say here whom the service is for", p.path())
		}
		if p.forAdmins() {
			allowed = []string{"admin"}
		}
		if p.Name() == "ListPhotos" { // which photos, the domain decides
			allowed = []string{"customer", "dispatcher", "admin", "technician"}
		}
		if p.Parent().Name() == "TrackingService" { // links, also on behalf of customers
			allowed = []string{"customer", "dispatcher", "admin"}
		}
		refusals := map[string]bool{}
		for role, token := range tokens {
			if strings.Contains(" "+strings.Join(allowed, " ")+" ", " "+role+" ") {
				continue
			}
			what := p.path() + " as " + role
			a := w.raw.message(t, p, token, w.valid(t, p))
			switch role {
			case "disabled", "nobody":
				wellRefused(t, what, a, connect.CodeUnauthenticated)
			case "pending":
				if p.Name() == "GetMe" && p.serves() != "portal" || p.Name() == "ChangePassword" {
					continue // what is needed to get there
				}
				wellRefused(t, what, a, connect.CodePermissionDenied)
			default:
				wellRefused(t, what, a, connect.CodePermissionDenied)
				refusals[a.reason()+a.message] = true
			}
			// Whoever may not call learns nothing about the message either: a bad one is refused alike.
			if b := w.raw.send(t, p, token, "proto", []byte("\xff\xff")); b.code != a.code || b.reason() != a.reason() || b.message != a.message {
				t.Errorf("%s: %v %q, and with garbage %v %q", what, a.code, a.message, b.code, b.message)
			}
		}
		if len(refusals) > 1 {
			t.Errorf("%s refuses roles differently: %v", p.path(), refusals)
		}
	}
	w.unchanged(t, before)
}

// TestNotYoursIsNotThere: for whoever it does not belong to, a thing is answered exactly as one that does not exist.
func TestNotYoursIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sessions, err := w.customer.Session.ListSessions(t.Context(), &identityv1.ListSessionsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	// The ids of things that belong to the customer, or to the technician, by the name of the field that takes them.
	theirs := map[string][]string{
		"id": {w.request.Id, w.request.Number, strings.ToLower(w.request.Number), w.order.Id, w.order.Number}, "request_id": {w.request.Id},
		"device_id": {w.devices[0].Id}, "session_id": {sessions.Sessions[0].Id}, "upload_id": {exampleUpload, w.visitUpload}, "visit_id": {w.visitID},
		"passkey_id": {registerPasskey(t, w.customer).id},
	}
	absent := map[string]string{"id": uuid.NewString(), "request_id": uuid.NewString(), "device_id": uuid.NewString(), "upload_id": uuid.NewString(), "visit_id": uuid.NewString(), "session_id": uuid.NewString(),
		"passkey_id": uuid.NewString()}
	strangers := map[string]*servertest.Person{"portal": w.stranger, "identity": w.stranger, "mobile": w.colleague, "live": w.stranger}
	change, err := w.customer.AddressChanges.RequestAddressChange(t.Context(), &portalv1.RequestAddressChangeRequest{
		OperationId: uuid.NewString(), DeviceId: w.devices[0].Id, Reason: "x", Address: newAddress(),
	})
	if err != nil {
		t.Fatal(err)
	}
	theirs["address_change_id"], absent["address_change_id"] = []string{change.Change.Id}, uuid.NewString()
	link, _ := w.share(t, w.customer, 0)
	theirs["share_id"], absent["share_id"] = []string{link.Id}, uuid.NewString()
	before := w.digest(t)
	compared := 0
	for _, p := range procedures() {
		stranger := strangers[p.serves()]
		if stranger == nil {
			continue // dispatchers see everything
		}
		token := w.token(t, stranger)
		for name, ids := range theirs {
			field := p.Input().Fields().ByName(protoreflect.Name(name))
			if field == nil {
				continue
			}
			ask := func(id string) answer {
				m := proto.Clone(w.valid(t, p))
				m.ProtoReflect().Set(field, protoreflect.ValueOfString(id))
				if endpoint := p.Input().Fields().ByName("endpoint"); endpoint != nil {
					m.ProtoReflect().Clear(endpoint)
				}
				return w.raw.message(t, p, token, m)
			}
			none := ask(absent[name])
			for _, id := range ids {
				compared++
				got := ask(id)
				if got.ok && p.Name() == "ListRequests" {
					continue // looked at below
				}
				wellRefused(t, p.path()+" of somebody else", got, connect.CodeNotFound)
				if got.message != none.message || !proto.Equal(got.fault, none.fault) || got.status != none.status {
					t.Errorf("%s tells what is not yours from what is not there:\n%+v\n%+v", p.path(), got, none)
				}
				if strings.Contains(got.message+got.fault.String(), id) {
					t.Errorf("%s repeats the id: %+v", p.path(), got)
				}
			}
		}
	}
	if compared < 12 {
		t.Errorf("only %d comparisons", compared)
	}
	w.unchanged(t, before)

	// Lists hold nothing of others.
	all, err := w.stranger.Portal.ListRequests(t.Context(), &portalv1.ListRequestsRequest{})
	if err != nil || len(all.Requests) != 0 {
		t.Errorf("another company lists %v %v", all, err)
	}
	for _, d := range w.strangerDevices {
		for _, mine := range w.devices {
			if d.Id == mine.Id {
				t.Errorf("%s is in two companies' lists", d.SerialNumber)
			}
		}
	}
	jobs, err := w.colleague.Mobile.ListJobs(t.Context(), &mobilev1.ListJobsRequest{})
	if err != nil || len(jobs.Jobs) != 0 {
		t.Errorf("a colleague lists %v %v", jobs, err)
	}
}

// TestCustomerSeesNoMoreThanTheirs: the internal note, and who in the office did what, stay inside.
func TestCustomerSeesNoMoreThanTheirs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.dispatcher.Dispatch.AddNote(t.Context(), &dispatchv1.AddNoteRequest{
		OperationId: uuid.NewString(), RequestId: w.request.Id, Text: "SECRET NOTE",
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.technician.Mobile.Decline(t.Context(), &mobilev1.DeclineRequest{
		Operation: servertest.Op(), RequestId: w.request.Id, Reason: "SECRET REASON",
	}); err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, p := range procedures() {
		if p.serves() != "portal" || p.streams() || !readsOnly(p) {
			continue
		}
		body := w.text(t, p)
		if len(body) > len("{}") {
			shown++
		}
		for _, secret := range []string{"SECRET", "Sentral-1", "Tekniker-01", "sentral1", "tekniker01"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s shows the customer %s: %s", p.path(), secret, body)
			}
		}
	}
	if shown < 12 {
		t.Errorf("only %d procedures showed anything", shown)
	}
	job, err := w.dispatcher.Dispatch.GetRequest(t.Context(), &dispatchv1.GetRequestRequest{Id: w.request.Id})
	if err != nil || !strings.Contains(job.String(), "SECRET NOTE") || !strings.Contains(job.String(), "SECRET REASON") {
		t.Errorf("the board shows %v %v", job, err)
	}
}
