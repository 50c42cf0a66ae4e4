package server_test

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	"utsendt/internal/rpc"
	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// sendAs makes a call that says whose session it believes to have.
func (c caller) sendAs(t *testing.T, p procedure, token, person string, m proto.Message) answer {
	t.Helper()
	body, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	contentType := "application/proto"
	if p.streams() {
		contentType = "application/connect+proto"
		body = append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(body))), body...)
	}
	return c.post(t, p, token, http.Header{"Content-Type": {contentType}, rpc.PersonHeader: {person}}, bytes.NewReader(body))
}

func (w *world) personID(t *testing.T, p *servertest.Person) string {
	t.Helper()
	me, err := p.Session.GetMe(t.Context(), &identityv1.GetMeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return me.Person.Id
}

// TestSessionOfAnother: a tab that the first of two people left open in one browser has the second's cookie. Whatever it calls
// for the first, it is refused for every RPC alike, with nothing done and nothing told, but that it is another's session.
func TestSessionOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.personID(t, w.stranger)
	before := w.digest(t)
	streams, changes, open := 0, 0, 0
	for _, p := range procedures() {
		m := w.valid(t, p)
		var told string
		for _, person := range []string{first, strings.ToUpper(first), "00000000-0000-0000-0000-000000000000", "kunde02", ""} {
			a := w.raw.sendAs(t, p, w.tokenFor(t, p), person, m)
			wellRefused(t, p.path()+" for "+person, a, connect.CodeUnauthenticated)
			if a.reason() != "session_of_another" || len(a.fault.GetParams()) > 0 || told != "" && told != a.message {
				t.Errorf("%s for %s: %s %v %q", p.path(), person, a.reason(), a.fault, a.message)
			}
			told = a.message
		}
		switch {
		case p.streams():
			streams++
		case !readsOnly(p):
			changes++
		}
		if p.open() {
			open++
		}
		// Who calls in the name of another may not even call learns no more than that.
		if a := w.raw.sendAs(t, p, w.token(t, w.colleague), first, m); a.reason() != "session_of_another" {
			t.Errorf("%s by another role: %s", p.path(), a.reason())
		}
	}
	if streams < 4 || changes < 60 || open < 10 {
		t.Errorf("only %d streams, %d changes and %d open procedures were called", streams, changes, open)
	}
	w.unchanged(t, before)
	if _, err := w.customer.Session.GetMe(t.Context(), &identityv1.GetMeRequest{}); err != nil {
		t.Errorf("the session of the second is over: %v", err)
	}
}

// TestSessionAsMeant: whoever names themself is served, over every protocol, calls and streams alike; so is whoever names
// somebody and has no session, where nobody needs one.
func TestSessionAsMeant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, options := range map[string][]connect.ClientOption{
		"connect": nil, "grpc": {connect.WithGRPC()}, "grpc-web": {connect.WithGRPCWeb()},
	} {
		named := func(p *servertest.Person, person string) *servertest.Person {
			return w.Bearer(t, w.token(t, p), append(slices.Clone(options), connect.WithInterceptors(servertest.Header{rpc.PersonHeader: person}))...)
		}
		id := w.personID(t, w.customer)
		for _, who := range []string{id, strings.ToUpper(id)} {
			began, _ := outcome(named(w.customer, who).Portal.WatchRequest(t.Context(), &portalv1.WatchRequestRequest{Id: w.request.Id}))
			within(t, name+": the first message", began)
		}
		for what, ended := range map[string]<-chan error{
			"a request": ending(outcome(named(w.customer, w.personID(t, w.stranger)).Portal.WatchRequest(t.Context(), &portalv1.WatchRequestRequest{Id: w.request.Id}))),
			"jobs":      ending(outcome(named(w.technician, w.personID(t, w.colleague)).Mobile.WatchJobs(t.Context(), &mobilev1.WatchJobsRequest{}))),
			"the board": ending(outcome(named(w.dispatcher, w.personID(t, w.admin)).Dispatch.WatchBoard(t.Context(), &dispatchv1.WatchBoardRequest{}))),
		} {
			if err := within(t, "the refusal", ended); connect.CodeOf(err) != connect.CodeUnauthenticated || faultOf(err).GetReason() != "session_of_another" {
				t.Errorf("%s: a stream of %s in another's name: %v", name, what, err)
			}
		}
	}
	nobody := w.raw.sendAs(t, find(t, "ListSecurityQuestions"), "", w.personID(t, w.customer), &identityv1.ListSecurityQuestionsRequest{Language: "en"})
	over := w.raw.sendAs(t, find(t, "ListSecurityQuestions"), "uts_over", w.personID(t, w.customer), &identityv1.ListSecurityQuestionsRequest{Language: "en"})
	if !nobody.ok || !over.ok {
		t.Errorf("without a session: %+v, %+v", nobody, over)
	}
}

func ending(_ <-chan struct{}, ended <-chan error) <-chan error { return ended }

func find(t *testing.T, name string) procedure {
	t.Helper()
	for _, p := range procedures() {
		if string(p.Name()) == name {
			return p
		}
	}
	t.Fatal("no procedure " + name)
	return procedure{}
}
