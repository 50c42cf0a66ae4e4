package dispatch

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

var update = flag.Bool("update", false, "write golden files anew")

var roles = []identity.Role{
	identity.RoleCustomer, identity.RoleTechnician, identity.RoleDispatcher, identity.RoleAdmin, identity.RoleSystem,
}

var events = []Event{Update, Schedule, Assign, Reassign, Accept, Decline, Depart, Arrive, Complete, SecondVisit, Recall, Cancel}

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the machine's table makes; after a look at the difference: go test ./dispatch -update\n%s", path, got)
	}
}

// Every state, event and role: where it leads, or why not.
func TestMatrix(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	for _, role := range roles {
		fmt.Fprintf(&b, "%s\n", role)
		for _, event := range events {
			for _, from := range States {
				to, err := Decide(from, event, role)
				if err != nil {
					if to != from {
						t.Errorf("a refused step gave %s", to)
					}
					fmt.Fprintf(&b, "  %-13s %-16s %s\n", event, from, fault.ReasonOf(err))
					continue
				}
				fmt.Fprintf(&b, "  %-13s %-16s -> %s\n", event, from, to)
			}
		}
	}
	golden(t, "testdata/matrix.golden", b.Bytes())
}

// A second row for one event and source would silently override the first in the library.
func TestTransitionsAreUnambiguous(t *testing.T) {
	t.Parallel()
	type pair struct {
		event Event
		from  State
	}
	seen := map[pair]bool{}
	for _, tr := range Transitions {
		if len(tr.Roles) == 0 || len(tr.From) == 0 || !slices.Contains(States, tr.To) || !slices.Contains(events, tr.Event) {
			t.Errorf("%s: not a whole row: %+v", tr.Event, tr)
		}
		for _, from := range tr.From {
			if !from.Open() || !slices.Contains(States, from) {
				t.Errorf("%s leads out of %s", tr.Event, from)
			}
			if seen[pair{tr.Event, from}] {
				t.Errorf("%s from %s twice", tr.Event, from)
			}
			seen[pair{tr.Event, from}] = true
		}
	}
	kinds := map[string]bool{activityOpened: true, activityNote: true, activityOvertaken: true, activityNearlyThere: true}
	for _, event := range events {
		if !slices.ContainsFunc(Transitions, func(tr Transition) bool { return tr.Event == event }) {
			t.Errorf("%s is in no row", event)
		}
		a, ok := activityOf[event]
		if !ok || a.kind == "" || kinds[a.kind] {
			t.Errorf("%s has no activity of its own: %q", event, a.kind)
		}
		kinds[a.kind] = true
	}
	if len(activityOf) != len(events) {
		t.Error("activityOf names what is no event")
	}
}

// Allowed lists exactly what Decide lets through, and a refusal says what is allowed.
func TestAllowedAgreesWithDecide(t *testing.T) {
	t.Parallel()
	for _, role := range roles {
		for _, from := range States {
			allowed := Allowed(from, role)
			for _, event := range events {
				_, err := Decide(from, event, role)
				if (err == nil) != slices.Contains(allowed, event) {
					t.Errorf("%s, %s, %s: %v, but allowed are %v", role, from, event, err, allowed)
				}
				if fault.ReasonOf(err) != "wrong_state" {
					continue
				}
				f := fault.From(err)
				names := make([]string, len(allowed))
				for i, e := range allowed {
					names[i] = string(e)
				}
				want := strings.Join(names, ",")
				if want == "" {
					want = "none"
				}
				if f.Kind != fault.WrongState || f.Params["state"] != string(from) || f.Params["allowed"] != want || !strings.Contains(f.Message, from.Words()) {
					t.Errorf("%s, %s, %s: %+v", role, from, event, f)
				}
			}
		}
	}
}

func TestUnknownStateAndEvent(t *testing.T) {
	t.Parallel()
	if _, err := Decide("nowhere", Assign, identity.RoleDispatcher); fault.ReasonOf(err) != "wrong_state" {
		t.Error(err)
	}
	if _, err := Decide(Dispatched, "vanish", identity.RoleAdmin); fault.ReasonOf(err) != "step_forbidden" {
		t.Error(err)
	}
	if _, err := Decide(ToBeScheduled, Assign, ""); fault.ReasonOf(err) != "step_forbidden" {
		t.Error(err)
	}
}

// diagram is docs/state-machine.md.
func diagram() []byte {
	var b bytes.Buffer
	b.WriteString(`# The states of a service request

This page is made from the table ` + "`Transitions` in `dispatch/machine.go`" + ` by ` + "`go test ./dispatch -update`" + `; a test
compares the two, and another compares the table with the trigger in ` + "`migrations/0003`" + `, which refuses everything else.

` + "```mermaid" + `
stateDiagram-v2
`)
	for _, s := range States {
		fmt.Fprintf(&b, "    %s: %s\n", s, s.Words())
	}
	fmt.Fprintf(&b, "    [*] --> %s: open\n", ToBeScheduled)
	for _, tr := range Transitions {
		for _, from := range tr.From {
			fmt.Fprintf(&b, "    %s --> %s: %s\n", from, tr.To, tr.Event)
		}
	}
	for _, s := range States {
		if !s.Open() {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
	}
	b.WriteString("```\n\n| step | from | to | who |\n|---|---|---|---|\n")
	for _, tr := range Transitions {
		from, who := make([]string, len(tr.From)), make([]string, len(tr.Roles))
		for i, s := range tr.From {
			from[i] = s.Words()
		}
		for i, r := range tr.Roles {
			who[i] = string(r)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", strings.ReplaceAll(string(tr.Event), "_", " "), strings.Join(from, ", "), tr.To.Words(), strings.Join(who, ", "))
	}
	b.WriteString("\nA step from a state to itself changes something else: the customer adds something, a time is agreed, the technician\n" +
		"has seen the job, another technician has it.\n")
	return b.Bytes()
}

func TestDiagram(t *testing.T) {
	t.Parallel()
	golden(t, "../docs/state-machine.md", diagram())
}
