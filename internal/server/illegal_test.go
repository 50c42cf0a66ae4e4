package server_test

import (
	"slices"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"utsendt/internal/server/servertest"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// TestIllegalSteps takes, in every state of a request, every step that the state does not allow to whoever takes it.
func TestIllegalSteps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, id := t.Context(), w.request.Id
	// What only looks at a request, or adds to it in any state.
	noSteps := []string{"ListCandidates", "GetJob", "AddNote", "ListPhotos", "ListVisits", "StartUpload", "ShareRequest", "ListShares"}
	// What is possible in each state.
	possible := map[string][]string{
		"dispatched": {"Accept", "Decline", "EnRoute", "Reassign", "Recall", "Cancel"},
		"en_route":   {"Decline", "OnSite", "Reassign", "Recall", "Cancel"},
		"on_site":    {"Complete", "Recall", "Cancel"},
		"completed":  {},
	}
	states := []struct {
		name string
		next func() error
	}{
		{"dispatched", func() error {
			return second(w.technician.Mobile.EnRoute(ctx, &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: id}))
		}},
		{"en_route", func() error {
			return second(w.technician.Mobile.OnSite(ctx, &mobilev1.OnSiteRequest{Operation: servertest.Op(), RequestId: id}))
		}},
		{"on_site", func() error {
			return second(w.technician.Mobile.Complete(ctx, &mobilev1.CompleteRequest{Operation: servertest.Op(), RequestId: id, Outcome: 1}))
		}},
		{"completed", func() error { return nil }},
	}
	for _, state := range states {
		before := w.digest(t)
		tried := 0
		for _, p := range procedures() {
			if p.Input().Fields().ByName("request_id") == nil || slices.Contains(noSteps, string(p.Name())) {
				continue
			}
			if slices.Contains(possible[state.name], string(p.Name())) {
				continue
			}
			tried++
			m := proto.Clone(w.valid(t, p))
			if technician := p.Input().Fields().ByName("technician_id"); technician != nil {
				m.ProtoReflect().Set(technician, protoreflect.ValueOfString(w.colleagueID))
			}
			what := p.path() + " in " + state.name
			a := w.raw.message(t, p, w.tokenFor(t, p), m)
			if state.name == "completed" && p.serves() == "mobile" {
				// The job is nobody's any more.
				wellRefused(t, what, a, connect.CodeFailedPrecondition, connect.CodeNotFound)
				continue
			}
			wellRefused(t, what, a, connect.CodeFailedPrecondition)
			if p.Name() == "UpdateRequest" { // a customer is told whom to call instead
				if a.reason() != "update_too_late" || a.fault.GetParams()["state"] != state.name || a.fault.GetParams()["support_phone"] == "" {
					t.Errorf("%s: %s %v", what, a.reason(), a.fault.GetParams())
				}
				continue
			}
			if a.reason() != "wrong_state" || a.fault.GetParams()["state"] != state.name {
				t.Errorf("%s: %s %v", what, a.reason(), a.fault.GetParams())
			}
			if _, told := a.fault.GetParams()["allowed"]; !told {
				t.Errorf("%s does not say what is allowed: %v", what, a.fault.GetParams())
			}
		}
		if tried < 5 {
			t.Errorf("only %d steps tried in %s", tried, state.name)
		}
		w.unchanged(t, before)
		if err := state.next(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStaleVersions: whoever looked at an older version, or at none that ever was, changes nothing.
func TestStaleVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	waiting := w.open(t, w.devices[1], "venter")
	before := w.digest(t)
	tried := 0
	for _, p := range procedures() {
		field := p.Input().Fields().ByName("expected_version")
		if field == nil {
			continue
		}
		for _, version := range []int64{1, 3, 1 << 40} {
			m := proto.Clone(w.valid(t, p)).ProtoReflect()
			if p.Name() == "Assign" || p.Name() == "AutoAssign" || p.Name() == "Schedule" {
				if version == waiting.Version {
					continue
				}
				m.Set(p.Input().Fields().ByName("request_id"), protoreflect.ValueOfString(waiting.Id))
			}
			m.Set(field, protoreflect.ValueOfInt64(version))
			tried++
			a := w.raw.message(t, p, w.tokenFor(t, p), m.Interface())
			wellRefused(t, p.path()+" at an old version", a, connect.CodeAborted)
			if a.reason() != "version_stale" || a.fault.GetParams()["version"] == "" {
				t.Errorf("%s: %s %v", p.path(), a.reason(), a.fault.GetParams())
			}
		}
	}
	if tried < 10 {
		t.Errorf("only %d tried", tried)
	}
	w.unchanged(t, before)
}
