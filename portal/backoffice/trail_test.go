package backoffice_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/portal/backoffice"
)

// TestWhatHappenedToMyChange: of my two fields one was overwritten by a colleague, whom I am told of.
func TestWhatHappenedToMyChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	f := w.account.AccountFields
	f.Name, f.Language = "Mitt AS", "en"
	mine := must(o.UpdateAccount(ctx, w.dispatcher, op(), w.account.ID, w.account.Revision(), f))(t)
	f.Name = "Deres AS"
	must(o.UpdateAccount(ctx, w.admin, op(), w.account.ID, mine.Revision(), f))(t)
	change, fates, err := o.Trace(ctx, w.dispatcher, "account", w.account.ID, uuid.Nil)
	if err != nil || change.Action != "account.update" || len(fates) != 2 {
		t.Fatalf("%+v %+v %v", change, fates, err)
	}
	if !slices.Equal(change.ChangedFields(), []string{"language", "name"}) || change.ActorName != "sentral" || change.Address != "192.0.2.1" {
		t.Errorf("change: %+v", change)
	}
	if fates[0].OverwrittenBy != nil || fates[1].OverwrittenBy == nil || fates[1].OverwrittenBy.ActorID != w.admin.PersonID || string(fates[1].Now) != `"Deres AS"` {
		t.Errorf("fates: %+v", fates)
	}
	_, _, err = o.Trace(ctx, w.dispatcher, "account", w.account.ID, uuid.New())
	wants(t, err, fault.NotFound, "change_not_found")
	_, _, err = o.Trace(ctx, w.dispatcher, "account", uuid.New(), uuid.Nil)
	wants(t, err, fault.NotFound, "change_not_found")
	found := must(o.Changes(ctx, w.dispatcher, backoffice.TrailQuery{ObjectKind: "account", ObjectID: w.account.ID, Page: backoffice.Page{Size: 2}}))(t)
	if len(found.Rows) != 2 || found.Next == "" {
		t.Fatalf("first page: %+v", found)
	}
	rest := must(o.Changes(ctx, w.dispatcher, backoffice.TrailQuery{ObjectKind: "account", ObjectID: w.account.ID, Page: backoffice.Page{Size: 2, Token: found.Next}}))(t)
	if len(rest.Rows) != 1 || rest.Next != "" || rest.Rows[0].Action != "account.create" || rest.Rows[0].Before != nil {
		t.Errorf("second page: %+v", rest)
	}
}

// TestRenameSkillEverywhere: models, technicians and open requests at once, and two skills become one only when that is wanted.
func TestRenameSkillEverywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	r := w.open(t, w.device)
	if _, err := w.dispatch.CreateTechnician(ctx, w.dispatcher, op(), dispatch.TechnicianFields{
		Number: "T-1", FirstName: "Testa", Skills: dispatch.Texts{"finisher"}, ShiftStart: "08:00", ShiftEnd: "16:00", TimeZone: "Europe/Oslo", Active: true,
	}); err != nil {
		t.Fatal(err)
	}
	done := must(o.RenameSkill(ctx, w.dispatcher, op(), "finisher", "Stapling ", false))(t)
	if done.Models != 1 || done.Technicians != 1 || done.OpenRequests != 1 {
		t.Errorf("renamed: %+v", done)
	}
	skills := must(o.Skills(ctx, w.dispatcher))(t)
	if len(skills) != 2 || skills[1] != (backoffice.Skill{Name: "stapling", Models: 1, Technicians: 1, OpenRequests: 1}) {
		t.Errorf("skills: %+v", skills)
	}
	if d, err := w.dispatch.Get(ctx, w.dispatcher, r.ID.String()); err != nil || !slices.Equal(d.Request.Skills, []string{"colour-a3", "stapling"}) {
		t.Errorf("request: %v %v", d.Request.Skills, err)
	}
	_, err := o.RenameSkill(ctx, w.dispatcher, op(), "stapling", "colour-a3", false)
	wants(t, err, fault.Exists, "skill_taken")
	must(o.RenameSkill(ctx, w.dispatcher, op(), "stapling", "colour-a3", true))(t)
	if m := must(o.Model(ctx, w.dispatcher, w.model.ID))(t); !slices.Equal(m.Skills, []string{"colour-a3"}) {
		t.Errorf("model: %v", m.Skills)
	}
	_, err = o.RenameSkill(ctx, w.dispatcher, op(), "stapling", "x", false)
	wants(t, err, fault.NotFound, "skill_not_found")
	_, err = o.RenameSkill(ctx, w.dispatcher, op(), "colour-a3", " Colour-A3", false)
	wants(t, err, fault.Invalid, "skill_same")
}

// TestTerritories: runs of codes with who covers them, holes and overlaps; those without a territory are told apart.
func TestTerritories(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	for _, code := range []string{"0150", "0151", "1300", "2000", "2001"} {
		w.exec(t, "INSERT INTO postal_codes VALUES ('NO', ?, 'Eksempel', 60, 10)", code)
	}
	for number, territory := range map[string]dispatch.Texts{"T-1": {"0", "13"}, "T-2": {"1"}, "T-3": {}} {
		if _, err := w.dispatch.CreateTechnician(ctx, w.dispatcher, op(), dispatch.TechnicianFields{
			Number: number, FirstName: "Testa", Territory: territory, ShiftStart: "08:00", ShiftEnd: "16:00", TimeZone: "Europe/Oslo", Active: true,
		}); err != nil {
			t.Fatal(err)
		}
	}
	all := must(w.office.Territories(ctx, w.dispatcher, "NO", backoffice.Page{}))(t)
	if len(all.Rows) != 3 || all.Uncovered != 2 || all.Once != 2 || all.Overlapping != 1 || !slices.Equal(all.Everywhere, []string{"T-3"}) {
		t.Fatalf("%+v", all)
	}
	if oslo := all.Rows[0]; oslo.First != "0150" || oslo.Last != "0151" || oslo.Codes != 2 || oslo.Devices != 1 || !slices.Equal(oslo.Technicians, []string{"T-1"}) {
		t.Errorf("%+v", oslo)
	}
	if both := all.Rows[1]; !slices.Equal(both.Technicians, []string{"T-1", "T-2"}) {
		t.Errorf("%+v", both)
	}
	if hole := all.Rows[2]; len(hole.Technicians) != 0 || hole.Codes != 2 {
		t.Errorf("%+v", hole)
	}
	var paged []string
	for page := (backoffice.Page{Size: 1}); ; {
		found := must(w.office.Territories(ctx, w.dispatcher, "NO", page))(t)
		paged = append(paged, found.Rows[0].First)
		if page.Token = found.Next; found.Next == "" {
			break
		}
	}
	if !slices.Equal(paged, []string{"0150", "1300", "2000"}) {
		t.Errorf("by pages of one: %v", paged)
	}
}
