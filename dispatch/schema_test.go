package dispatch_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/postgres"
)

// put writes a request straight into a state, as no code of ours could: the triggers are off.
func put(t *testing.T, w *dispatchtest.World, tech uuid.UUID, state dispatch.State) uuid.UUID {
	t.Helper()
	r := w.Open(t)
	if state == dispatch.ToBeScheduled {
		return r.ID
	}
	visit, technician, ended, outcome := "NULL::uuid", "NULL::uuid", "NULL::timestamptz", ""
	if state.Assigned() {
		visit, technician = "gen_random_uuid()", "'"+tech.String()+"'"
	} else {
		ended, outcome = "now()", "x"
	}
	for _, q := range []string{
		"ALTER TABLE service_requests DISABLE TRIGGER service_requests_step",
		fmt.Sprintf("UPDATE service_requests SET state = '%s', visit_id = %s, technician_id = %s, ended_at = %s, outcome = '%s' WHERE id = '%s'",
			state, visit, technician, ended, outcome, r.ID),
		"ALTER TABLE service_requests ENABLE TRIGGER service_requests_step",
	} {
		if _, err := w.DB.ExecContext(context.Background(), q); err != nil {
			t.Fatal(err)
		}
	}
	return r.ID
}

// The trigger lets through exactly the pairs of states of the machine's table, and staying.
func TestDatabaseKnowsTheMachine(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	tech := w.Technician(t).ID
	for _, from := range dispatch.States {
		for _, to := range dispatch.States {
			want := from == to || slices.ContainsFunc(dispatch.Transitions, func(tr dispatch.Transition) bool {
				return tr.To == to && slices.Contains(tr.From, from)
			})
			id := put(t, w, tech, from)
			set := "visit_id = NULL, technician_id = NULL, ended_at = NULL, outcome = ''"
			if to.Assigned() {
				set = "visit_id = gen_random_uuid(), technician_id = '" + tech.String() + "', ended_at = NULL, outcome = ''"
			} else if !to.Open() {
				set = "visit_id = NULL, technician_id = NULL, ended_at = now(), outcome = 'x'"
			}
			_, err := w.DB.ExecContext(ctx, "UPDATE service_requests SET state = ?, version = version + 1, "+set+" WHERE id = ?", to, id)
			if want && err != nil {
				t.Errorf("%s to %s is refused: %v", from, to, err)
			} else if !want && !postgres.IsCheck(err, "service_requests_step") {
				t.Errorf("%s to %s is not refused by the trigger: %v", from, to, err)
			}
		}
	}
}

func TestDatabaseRefusesBadRequests(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	tech := w.Technician(t)
	for _, c := range []struct {
		set, constraint string
	}{
		{"description = 'x'", "service_requests_version"}, // without a new version
		{"version = version - 1", "service_requests_version"},
		{"version = version + 1, state = 'dispatched'", "service_requests_assigned"},
		{"version = version + 1, visit_id = gen_random_uuid()", "service_requests_assigned"},
		{"version = version + 1, state = 'cancelled', outcome = 'x'", "service_requests_ended"},
		{"version = version + 1, state = 'cancelled', ended_at = now()", "service_requests_cancel_reason"},
		{"version = version + 1, ended_at = now()", "service_requests_ended"},
		{"version = version + 1, window_start = now()", "service_requests_window"},
		{"version = version + 1, window_start = now(), window_end = now()", "service_requests_window"},
		{"version = version + 1, latitude = NULL", "service_requests_position"},
		{"version = version + 1, latitude = 91", "service_requests_position"},
		{"version = version + 1, latitude = 'NaN'", "service_requests_position"},
		{"version = version + 1, quality = 'none'", "service_requests_position"},
		{"version = version + 1, quality = 'guess'", "service_requests_quality_check"},
		{"version = version + 1, state = 'lost'", "service_requests_step"},
		{"version = version + 1, description = ''", "service_requests_description_check"},
		{"version = version + 1, priority = 'urgent'", "service_requests_priority_check"},
	} {
		r := w.Open(t)
		_, err := w.DB.ExecContext(ctx, "UPDATE service_requests SET "+c.set+" WHERE id = ?", r.ID)
		if !postgres.IsCheck(err, c.constraint) {
			t.Errorf("%s: %v, want %s", c.set, err, c.constraint)
		}
	}
	r := w.Open(t)
	for column, value := range map[string]string{"state": "'dispatched'"} {
		var columns []string
		if err := w.DB.NewRaw(`SELECT column_name FROM information_schema.columns WHERE table_name = 'service_requests'`).Scan(ctx, &columns); err != nil {
			t.Fatal(err)
		}
		values := make([]string, len(columns))
		for i, c := range columns {
			switch c {
			case column:
				values[i] = value
			case "id", "device_id", "visit_id":
				values[i] = "gen_random_uuid()"
			case "number":
				values[i] = "'SR-0'"
			case "technician_id":
				values[i] = "'" + tech.ID.String() + "'"
			default:
				values[i] = c
			}
		}
		_, err := w.DB.ExecContext(ctx, "INSERT INTO service_requests ("+strings.Join(columns, ", ")+") SELECT "+strings.Join(values, ", ")+
			" FROM service_requests WHERE id = ?", r.ID)
		if !postgres.IsCheck(err, "service_requests_step") {
			t.Errorf("a request that begins in %s: %v", value, err)
		}
	}
	// A second open request for the device.
	_, err := w.DB.ExecContext(ctx, "UPDATE service_requests SET version = version + 1, device_id = ? WHERE id = ?", r.Device.ID, w.Open(t).ID)
	if !postgres.IsUnique(err, "service_requests_one_open") {
		t.Errorf("a second open request for a device: %v", err)
	}
}

func TestDatabaseRefusesDoubleBooking(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	tech, other := w.Technician(t), w.Technician(t)
	insert := func(request, technician uuid.UUID, state dispatch.VisitState, start, end int) error {
		at := func(minutes int) time.Time { return dispatchtest.Start.Add(time.Duration(minutes) * time.Minute) }
		var ended any
		if !state.Live() {
			ended = at(end)
		}
		_, err := w.DB.ExecContext(ctx, `INSERT INTO visits (id, request_id, technician_id, state, during, planned_arrival, travel_seconds,
			work_seconds, travel_source, assigned_at, ended_at) VALUES (gen_random_uuid(), ?, ?, ?, ?::tstzrange, ?, 60, 60, 'test', ?, ?)`,
			request, technician, state, dispatch.Span{Start: at(start), End: at(end)}.String(), at(start), at(0), ended)
		return err
	}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	a, b := w.Open(t).ID, w.Open(t).ID
	ok(insert(a, tech.ID, dispatch.VisitAssigned, 0, 60))
	for _, span := range [][2]int{{0, 60}, {30, 90}, {59, 61}, {10, 20}, {-10, 1}} {
		if err := insert(b, tech.ID, dispatch.VisitAssigned, span[0], span[1]); !postgres.IsExclusion(err, "visits_no_double_booking") {
			t.Errorf("%v: %v", span, err)
		}
	}
	ok(insert(b, tech.ID, dispatch.VisitRecalled, 30, 90)) // what has ended occupies nobody
	ok(insert(b, tech.ID, dispatch.VisitAccepted, 60, 90)) // one ends when the next begins
	if err := insert(b, other.ID, dispatch.VisitAssigned, 500, 600); !postgres.IsUnique(err, "visits_one_live") {
		t.Errorf("two technicians for one request: %v", err)
	}
	c, d := w.Open(t).ID, w.Open(t).ID
	ok(insert(c, tech.ID, dispatch.VisitEnRoute, 200, 210))
	if err := insert(d, tech.ID, dispatch.VisitOnSite, 300, 310); !postgres.IsUnique(err, "visits_one_under_way") {
		t.Errorf("on the way to two places: %v", err)
	}
	// One statement may swap two jobs; two statements may not overlap in between.
	swap := `UPDATE visits SET during = CASE request_id WHEN ? THEN '[2026-03-02 10:00+00,2026-03-02 10:30+00)'::tstzrange
		ELSE '[2026-03-02 09:00+00,2026-03-02 10:00+00)'::tstzrange END WHERE request_id IN (?, ?) AND live`
	_, err := w.DB.ExecContext(ctx, swap, a, a, b)
	ok(err)
	for _, bad := range []string{
		"during = 'empty'", "during = '[2026-03-02 09:00+00,)'", "during = '(,2026-03-02 09:00+00)'", "during = '[2026-03-02 09:00+00,2026-03-02 10:00+00]'",
		"ended_at = now()", "state = 'done'", "state = 'lost'", "travel_seconds = -1", "work_seconds = 0",
	} {
		_, err := w.DB.ExecContext(ctx, "UPDATE visits SET "+bad+" WHERE request_id = ? AND live", c)
		if !postgres.IsCheck(err, "") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
