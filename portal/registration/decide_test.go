package registration_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/notify"
	"utsendt/portal/registration"
	"utsendt/portal/workdays"
)

func TestSiblingsWaitForStaff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 13)
	me := w.person(t, w.account)
	backup := "reserve@example.com"
	if _, err := w.s.Register(t.Context(), me, uuid.New(), registration.Wish{SerialNumber: "A-00", PostalCode: "0150", Settings: registration.Settings{BackupEmail: &backup}}); err != nil {
		t.Fatal(err)
	}
	// All others at the site are offered, page by page, with the first one's settings.
	var offered []registration.Sibling
	page := registration.Page{Size: 5}
	for {
		list, err := w.s.Siblings(t.Context(), me, w.devices[0], page)
		if err != nil {
			t.Fatal(err)
		}
		if list.Total != 12 || list.Support == nil {
			t.Errorf("total %d, support %v", list.Total, list.Support)
		}
		offered = append(offered, list.Siblings...)
		if page.Token = list.Next; page.Token == "" {
			break
		}
	}
	for i, s := range offered {
		if s.Device.SerialNumber != fmt.Sprintf("A-%02d", i+1) || s.BackupEmail != backup || !s.Reminders {
			t.Errorf("offered %d: %+v", i, s)
		}
	}
	if len(offered) != 12 {
		t.Fatalf("%d offered", len(offered))
	}
	before := time.Now()
	asked, err := w.s.RegisterSiblings(t.Context(), me, uuid.New(), w.devices[0], []registration.Choice{
		{DeviceID: w.devices[2], FriendlyName: "Kopirommet"}, {DeviceID: w.devices[1], BackupEmail: "b@example.com", Reminders: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	due := workdays.AddWorkdays("NO", "Europe/Oslo", before, 2)
	if asked.Requested != 2 || asked.Support != nil || asked.Registrations[0].Device.SerialNumber != "A-02" ||
		asked.Registrations[0].State != registration.Pending || asked.Registrations[0].AnswerBy.Sub(due).Abs() > time.Minute {
		t.Errorf("asked: %+v, due %v", asked, due)
	}
	if mine, staff := w.told.of(notify.RegistrationPending), w.told.of(notify.ApprovalWaiting); len(mine) != 1 || len(staff) != 1 ||
		mine[0].Numbers["count"] != 2 || len(mine[0].Lines) != 2 || !staff[0].To.Staff || staff[0].URL != "/board/approvals" {
		t.Errorf("told: %+v %+v", mine, staff)
	}
	// Asked for again, nothing is: they stay as they are.
	if again := w.ask(t, me, w.devices[1], w.devices[3]); again.Requested != 1 || again.Registrations[0].BackupEmail != "b@example.com" {
		t.Errorf("again: %+v", again)
	}
	waiting, err := w.s.Pending(t.Context(), w.staff, "eksempel a-02", registration.Page{})
	if err != nil || waiting.Total != 1 || waiting.Registrations[0].Person.ID != me.PersonID || waiting.Registrations[0].FriendlyName() != "Kopirommet" || waiting.Registrations[0].Overdue {
		t.Fatalf("waiting: %+v %v", waiting, err)
	}
	// Ten or more name the support.
	if many := w.ask(t, me, w.devices[4:]...); many.Requested != 9 || many.Support != nil {
		t.Errorf("nine: %+v", many.Support)
	}
	if many := w.ask(t, me, w.devices[3:]...); many.Requested != 0 || many.Support == nil || many.Support.Phone != "+47 22587800" {
		t.Errorf("ten: %+v", many)
	}
}

func TestApproveAndRefuse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	me := w.person(t, w.account)
	w.mustRegister(t, me, "A-00", "0150")
	asked := w.ask(t, me, w.devices[1:]...)
	ids := func(i ...int) []uuid.UUID {
		var out []uuid.UUID
		for _, n := range i {
			out = append(out, asked.Registrations[n].ID)
		}
		return out
	}
	wish := "Kopirommet"
	if _, err := w.s.Update(t.Context(), me, uuid.New(), w.devices[1], registration.Settings{FriendlyName: &wish}); err != nil {
		t.Fatal(err)
	}
	exec(t, w.db, `UPDATE devices SET retired_at = now() WHERE id = ?`, w.devices[4])
	op, unknown := uuid.New(), uuid.New()
	for range 2 {
		got, err := w.s.Approve(t.Context(), w.staff, op, append(ids(0, 1, 3), unknown))
		if err != nil || len(got) != 4 || got[0].State != registration.Active || got[1].State != registration.Active ||
			got[2].Problem != "device_not_found" || got[3].Problem != "registration_not_found" {
			t.Fatalf("approved: %+v %v", got, err)
		}
	}
	if told := w.told.of(notify.RegistrationApproved); len(told) != 1 || told[0].To.Person != me.PersonID || told[0].Numbers["count"] != 2 {
		t.Errorf("told: %+v", told)
	}
	if got, err := w.s.Refuse(t.Context(), w.colleague, uuid.New(), ids(0, 2), "Står hos en annen"); err != nil || got[0].Problem != "registration_decided" ||
		got[0].State != registration.Active || got[1].State != registration.Refused {
		t.Errorf("refused: %+v %v", got, err)
	}
	if told := w.told.of(notify.RegistrationRefused); len(told) != 1 || told[0].Params["reason"] != "Står hos en annen" {
		t.Errorf("told: %+v", told)
	}
	list, err := w.s.Mine(t.Context(), me, []registration.State{registration.Active}, registration.Page{Size: 100})
	if err != nil || list.Total != 3 || list.Registrations[1].FriendlyName() != wish {
		t.Errorf("active: %+v %v", list, err)
	}
	// Whom staff refused comes back through staff alone, also after removing it.
	if _, err := w.s.Deregister(t.Context(), me, uuid.New(), []uuid.UUID{w.devices[3]}); err != nil {
		t.Fatal(err)
	}
	if made, err := w.register(t, me, "A-03", "0150"); err != nil || made.Registration.State != registration.Pending || made.Registration.AnswerBy == nil {
		t.Errorf("refused before: %+v %v", made, err)
	}
	if _, err := w.register(t, me, "A-03", "0150"); reason(err) != "device_pending" {
		t.Errorf("once more: %v", err)
	}
	if got, err := w.s.Approve(t.Context(), w.staff, uuid.New(), ids(2)); err != nil || got[0].State != registration.Active {
		t.Errorf("approved after all: %+v %v", got, err)
	}
	for what, do := range map[string]func() error{
		"approve": func() error { _, err := w.s.Approve(t.Context(), me, uuid.New(), ids(0)); return err },
		"refuse":  func() error { _, err := w.s.Refuse(t.Context(), me, uuid.New(), ids(0), "x"); return err },
		"list":    func() error { _, err := w.s.Pending(t.Context(), me, "", registration.Page{}); return err },
		"many": func() error {
			_, err := w.s.RegisterMany(t.Context(), me, uuid.New(), registration.Many{UserID: me.PersonID.String(), AccountNumber: "K-1"})
			return err
		},
	} {
		if err := do(); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s as a customer: %v", what, err)
		}
	}
}

// TestDecidedOnce: two staff, one approves and one refuses the same ones in turned order, while the customer takes them
// back: each registration gets one answer, and each who asked is told which.
func TestDecidedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 9)
	me := w.person(t, w.account)
	w.mustRegister(t, me, "A-00", "0150")
	asked := w.ask(t, me, w.devices[1:]...)
	var ids, turned []uuid.UUID
	for _, r := range asked.Registrations {
		ids, turned = append(ids, r.ID), append([]uuid.UUID{r.ID}, turned...)
	}
	var approved, refused []registration.Decided
	left := 0
	errs := together(
		func() (err error) { approved, err = w.s.Approve(t.Context(), w.staff, uuid.New(), ids); return err },
		func() (err error) {
			refused, err = w.s.Refuse(t.Context(), w.colleague, uuid.New(), turned, "Nei")
			return err
		},
		func() (err error) {
			left, err = w.s.Deregister(t.Context(), me, uuid.New(), []uuid.UUID{w.devices[1], w.devices[8]})
			return err
		},
	)
	if errors.Join(errs...) != nil || left != 2 {
		t.Fatal(errs)
	}
	done := map[uuid.UUID]int{}
	for _, d := range append(approved, refused...) {
		if d.Problem == "" {
			done[d.ID]++
		}
	}
	for i, r := range asked.Registrations {
		if n := done[r.ID]; n > 1 || n == 0 && i != 0 && i != 7 {
			t.Errorf("registration %d was decided %d times", i, n)
		}
	}
	if s := w.states(t, me); s["A-01"] != registration.Removed || s["A-08"] != registration.Removed {
		t.Errorf("taken back: %v", s)
	}
}

func TestRegisterMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	me := w.person(t, w.account)
	w.mustRegister(t, me, "A-00", "0150")
	w.ask(t, me, w.devices[1])
	file := "Serial number;Friendly name;backup_email;Reminders;Kommentar\r\n" +
		"a-00;Første etasje;;nei;\r\nA-01;;b@example.com;;\r\nA-02;;;kanskje;\r\nC-00;;;;\r\nX-99;;;;\r\na-01;;;;\r\n;x;;;\r\nA-03;;ingen adresse;;\r\nB-00;;;;\r\n"
	many := registration.Many{UserID: strings.ToUpper(me.PersonID.String()), File: []byte(file), BackupEmail: "felles@example.com"}
	want := []string{"changed", "registered", "refused not_yes_or_no", "refused device_elsewhere", "refused device_not_found", "refused serial_twice", "refused cell_empty", "refused email_invalid", "registered"}
	check := func(what string, got registration.ManyResult, err error, want []string) {
		t.Helper()
		if err != nil || len(got.Rows) != len(want) {
			t.Fatalf("%s: %+v %v", what, got, err)
		}
		for i, row := range got.Rows {
			if s := strings.TrimSpace(string(row.Outcome) + " " + row.Reason); s != want[i] || row.Row != i+2 || (row.Reason != "") != (row.Message != "") {
				t.Errorf("%s: row %d: %+v, want %s", what, i, row, want[i])
			}
		}
	}
	dry := many
	dry.DryRun = true
	got, err := w.s.RegisterMany(t.Context(), w.staff, uuid.New(), dry)
	check("dry run", got, err, want)
	if s := w.states(t, me); len(s) != 2 || s["A-01"] != registration.Pending {
		t.Errorf("a dry run did something: %v", s)
	}
	op := uuid.New()
	for range 2 {
		got, err = w.s.RegisterMany(t.Context(), w.staff, op, many)
		check("for real", got, err, want)
		if got.Registered != 2 || got.Changed != 1 || got.Refused != 6 || got.Separator != ";" || len(got.Ignored) != 1 {
			t.Errorf("counted: %+v", got)
		}
	}
	if told := w.told.of(notify.RegistrationApproved); len(told) != 1 || told[0].Numbers["count"] != 2 {
		t.Errorf("told: %+v", told)
	}
	want[0], want[1], want[8] = "unchanged", "unchanged", "unchanged"
	got, err = w.s.RegisterMany(t.Context(), w.colleague, uuid.New(), many)
	check("anew", got, err, want)

	got, err = w.s.RegisterMany(t.Context(), w.staff, uuid.New(), registration.Many{UserID: me.PersonID.String(), AccountNumber: "K-1", WithoutReminders: true})
	if err != nil || len(got.Rows) != 5 || got.Registered != 2 || got.Refused != 0 {
		t.Errorf("by account: %+v %v", got, err)
	}
	for what, m := range map[string]registration.Many{
		"account_not_theirs": {UserID: me.PersonID.String(), AccountNumber: "K-2"},
		"person_not_found":   {UserID: w.staff.PersonID.String(), AccountNumber: "K-1"},
		"columns_missing":    {UserID: me.PersonID.String(), File: []byte("a;b\n1;2\n")},
		"file_too_many_rows": {UserID: me.PersonID.String(), File: []byte("serial_number\n" + strings.Repeat("A-00\n", registration.MaxRows+1))},
	} {
		if _, err := w.s.RegisterMany(t.Context(), w.staff, uuid.New(), m); reason(err) != what {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestManyAtOnce: two staff registering the same devices for one person make each registration once.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 30)
	me := w.person(t, w.account)
	many := registration.Many{UserID: me.PersonID.String(), AccountNumber: "K-1"}
	counts := make([]int, 3)
	var work []func() error
	for i := range counts {
		work = append(work, func() error {
			got, err := w.s.RegisterMany(t.Context(), w.staff, uuid.New(), many)
			counts[i] = got.Registered
			return err
		})
	}
	if errs := together(work...); errors.Join(errs...) != nil || counts[0]+counts[1]+counts[2] != 31 {
		t.Errorf("registered %v, %v", counts, errs)
	}
}
