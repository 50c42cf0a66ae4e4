package dispatch_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// employed reads a technician as the office sees them.
func employed(t *testing.T, w *dispatchtest.World, id uuid.UUID) *dispatch.Employed {
	t.Helper()
	e, _, err := w.Service.EmployedByID(t.Context(), w.Dispatcher, id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func refusedAs(t *testing.T, err error, kind fault.Kind, reason string) *fault.Error {
	t.Helper()
	if !errors.Is(err, &fault.Error{Kind: kind, Reason: reason}) {
		t.Errorf("%v, want %v %s", err, kind, reason)
	}
	return fault.From(err)
}

// TestNewSkillChangesCandidates: what the office changes of a technician counts for the next search, on the server where
// it was done and on another one that only heard of it.
func TestNewSkillChangesCandidates(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	other := w.ServerOn(w.Bus, onlySignals)
	dispatchtest.Run(t, other)
	tech := w.Technician(t, dispatchtest.At(north(1000)))
	r := w.Open(t, func(n *dispatch.NewRequest) { n.Skills = dispatch.Texts{"brand-new-skill"} })
	qualified := func(s *dispatch.Service) bool {
		found, err := s.Candidates(t.Context(), w.Dispatcher, r.ID, 10)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(found, func(c dispatch.Candidate) bool { return c.Technician.ID == tech.ID })
		return i >= 0 && len(found[i].Technician.Lacking(r.Skills)) == 0
	}
	if qualified(w.Service) || qualified(other) {
		t.Fatal("a technician has a skill that nobody has")
	}
	e := employed(t, w, tech.ID)
	f := e.Fields()
	f.Skills = append(slices.Clone(f.Skills), " Brand-New-Skill ")
	if err := w.Service.UpdateTechnician(t.Context(), w.Dispatcher, uuid.New(), tech.ID, e.Fields().Revision(), f); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*dispatch.Service{"the same server": w.Service, "another server": other} {
		for deadline := time.Now().Add(time.Minute); !qualified(s); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s does not know of the skill", name)
			}
		}
	}
	// Whoever saw the former row is told what changed.
	err := w.Service.UpdateTechnician(t.Context(), w.Dispatcher, uuid.New(), tech.ID, e.Fields().Revision(), f)
	if stale := refusedAs(t, err, fault.Stale, "revision_stale"); stale.Params["fields"] != "skills" {
		t.Errorf("changed: %v", stale.Params)
	}
}

// TestWhoHasJobsStays: one with live jobs is not made inactive, and it is said which; afterwards they go off duty too.
func TestWhoHasJobsStays(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	tech := w.Technician(t, dispatchtest.At(north(1000)))
	r := w.Open(t)
	must(w.Service.Assign(t.Context(), w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: tech.ID}))(t)
	e := employed(t, w, tech.ID)
	if e.LiveJobs != 1 {
		t.Errorf("%d live jobs", e.LiveJobs)
	}
	f := e.Fields()
	f.Active = false
	err := w.Service.UpdateTechnician(t.Context(), w.Dispatcher, uuid.New(), tech.ID, e.Fields().Revision(), f)
	if told := refusedAs(t, err, fault.WrongState, "technician_has_jobs"); told.Params["numbers"] != r.Number {
		t.Errorf("jobs: %v", told.Params)
	}
	must(w.Service.Recall(t.Context(), w.Dispatcher, dispatchtest.Op(), r.ID, 0, "x"))(t)
	op := uuid.New()
	for range 2 { // the same operation again changes nothing more
		if err := w.Service.UpdateTechnician(t.Context(), w.Dispatcher, op, tech.ID, e.Fields().Revision(), f); err != nil {
			t.Fatal(err)
		}
	}
	e = employed(t, w, tech.ID)
	if e.Active || e.OnDuty {
		t.Errorf("still there: %+v", e.Technician)
	}
	if found, err := w.Service.Candidates(t.Context(), w.Dispatcher, r.ID, 10); err != nil || len(found) != 0 {
		t.Errorf("candidates: %v %v", found, err)
	}
	if err := w.Service.UpdateTechnician(t.Context(), w.Dispatcher, op, tech.ID, "AAAA", f); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the operation for something else: %v", err)
	}
	rows, _, total, err := w.Service.Employed(t.Context(), w.Dispatcher, dispatch.EmployedFilter{}, dispatch.Page{Size: 10})
	if err != nil || len(rows) != 0 || total != 0 {
		t.Errorf("active: %v %d %v", rows, total, err)
	}
	if _, _, total, err = w.Service.Employed(t.Context(), w.Dispatcher, dispatch.EmployedFilter{WithInactive: true}, dispatch.Page{Size: 10}); err != nil || total != 1 {
		t.Errorf("all: %d %v", total, err)
	}
}

func TestCreateTechnician(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	good := dispatch.TechnicianFields{
		Number: "T-1", FirstName: "Testa", Skills: dispatch.Texts{"B", "a", "b"}, Territory: dispatch.Texts{"13", "0"}, HomeLatitude: 59.9, HomeLongitude: 10.7,
		ShiftStart: "22:00", ShiftEnd: "06:00", TimeZone: "Europe/Oslo", Active: true, VanStock: map[string]int{"X-1": 2},
	}
	id, err := w.Service.CreateTechnician(t.Context(), w.Dispatcher, uuid.New(), good)
	if err != nil {
		t.Fatal(err)
	}
	e := employed(t, w, id)
	if !slices.Equal(e.Skills, []string{"a", "b"}) || !slices.Equal(e.Territory, []string{"0", "13"}) || e.VanStock["X-1"] != 2 || e.Fields().ShiftStart != "22:00" {
		t.Errorf("made: %+v", e)
	}
	f := e.Fields()
	f.VanStock = map[string]int{"X-2": 1}
	if err := w.Service.UpdateTechnician(t.Context(), w.Dispatcher, uuid.New(), id, e.Fields().Revision(), f); err != nil {
		t.Fatal(err)
	}
	if e = employed(t, w, id); len(e.VanStock) != 1 || e.VanStock["X-2"] != 1 {
		t.Errorf("the van: %v", e.VanStock)
	}
	_, err = w.Service.CreateTechnician(t.Context(), w.Dispatcher, uuid.New(), good)
	refusedAs(t, err, fault.Exists, "number_taken")
	for field, spoil := range map[string]func(*dispatch.TechnicianFields){
		"fields.number":      func(f *dispatch.TechnicianFields) { f.Number = " " },
		"fields.first_name":  func(f *dispatch.TechnicianFields) { f.FirstName = "" },
		"fields.shift_start": func(f *dispatch.TechnicianFields) { f.ShiftStart = "25:00" },
		"fields.time_zone":   func(f *dispatch.TechnicianFields) { f.TimeZone = "Local" },
		"fields.van_stock":   func(f *dispatch.TechnicianFields) { f.VanStock = map[string]int{"X": -1} },
	} {
		bad := good
		spoil(&bad)
		if _, err := w.Service.CreateTechnician(t.Context(), w.Dispatcher, uuid.New(), bad); fault.KindOf(err) != fault.Invalid || fault.From(err).Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, role := range []identity.Role{identity.RoleCustomer, identity.RoleTechnician, ""} {
		actor := identity.Actor{PersonID: uuid.New(), Role: role, TechnicianID: id}
		if err := w.Service.UpdateTechnician(t.Context(), actor, uuid.New(), id, f.Revision(), f); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("as %q: %v", role, err)
		}
	}
}

// TestRenameSkill: open requests and technicians have the new name with their lines, what has ended keeps the old one.
func TestRenameSkill(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	tech := w.Technician(t, dispatchtest.At(north(1000)))
	e := employed(t, w, tech.ID)
	f := e.Fields()
	f.Skills = dispatch.Texts{"old", "zz"}
	if err := w.Service.UpdateTechnician(t.Context(), w.Dispatcher, uuid.New(), tech.ID, e.Fields().Revision(), f); err != nil {
		t.Fatal(err)
	}
	needs := func(n *dispatch.NewRequest) { n.Skills = dispatch.Texts{"old"} }
	open, ended := w.Open(t, needs), w.Open(t, needs)
	must(w.Service.Cancel(t.Context(), w.Dispatcher, dispatchtest.Op(), ended.ID, 0, "x"))(t)
	var requests, technicians int64
	if err := postgres.InTx(t.Context(), w.DB, func(ctx context.Context, tx postgres.Tx) (err error) {
		requests, technicians, err = w.Service.RenameSkill(ctx, tx, w.Dispatcher, uuid.New(), "old", "new")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if requests != 1 || technicians != 1 {
		t.Errorf("%d requests, %d technicians", requests, technicians)
	}
	for id, want := range map[uuid.UUID]string{open.ID: "new", ended.ID: "old"} {
		d, err := w.Service.Get(t.Context(), w.Dispatcher, id.String())
		if err != nil || strings.Join(d.Request.Skills, " ") != want {
			t.Errorf("%v %v, want %s", d.Request.Skills, err, want)
		}
	}
	if e := employed(t, w, tech.ID); !slices.Equal(e.Skills, []string{"new", "zz"}) {
		t.Errorf("skills: %v", e.Skills)
	}
	dispatchtest.CheckInvariants(t, w.DB)
}
