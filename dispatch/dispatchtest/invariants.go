package dispatchtest

import (
	"context"
	"fmt"
	"testing"

	"github.com/uptrace/bun"
)

// Invariants are what holds in every database at every moment between transactions: each query finds what breaks it,
// one text a row, and so must find nothing.
var Invariants = []struct{ Name, Query string }{
	{"no technician has two jobs at once", `SELECT a.technician_id || ': ' || a.id || ' and ' || b.id FROM visits a
		JOIN visits b ON a.technician_id = b.technician_id AND a.id < b.id AND a.during && b.during WHERE a.live AND b.live`},
	{"no request has two live visits", `SELECT request_id || ' has ' || count(*) FROM visits WHERE live GROUP BY request_id HAVING count(*) > 1`},
	{"nobody is on the way to two places", `SELECT technician_id || ' has ' || count(*) FROM visits
		WHERE state IN ('en_route', 'on_site') GROUP BY technician_id HAVING count(*) > 1`},
	{"an assigned request points to its live visit", `SELECT r.number || ' (' || r.state || ')' FROM service_requests r
		LEFT JOIN visits v ON v.id = r.visit_id AND v.request_id = r.id AND v.technician_id = r.technician_id AND v.live
		WHERE r.state IN ('dispatched', 'en_route', 'on_site') AND v.id IS NULL`},
	{"a live visit belongs to a request that points to it", `SELECT v.id || ' of ' || r.number || ' (' || r.state || ')' FROM visits v
		JOIN service_requests r ON r.id = v.request_id WHERE v.live AND r.visit_id IS DISTINCT FROM v.id`},
	{"request and visit are at the same step", `SELECT r.number || ': ' || r.state || ', visit ' || v.state FROM service_requests r
		JOIN visits v ON v.id = r.visit_id WHERE (r.state, v.state) NOT IN (('dispatched', 'assigned'), ('dispatched', 'accepted'),
			('en_route', 'en_route'), ('on_site', 'on_site'))`},
	{"request and visit tell the same times", `SELECT r.number FROM service_requests r JOIN visits v ON v.id = r.visit_id
		WHERE r.en_route_at IS DISTINCT FROM v.en_route_at OR r.on_site_at IS DISTINCT FROM v.on_site_at`},
	{"a completed request has one visit that did it", `SELECT r.number FROM service_requests r
		WHERE r.state = 'completed' AND (SELECT count(*) FROM visits v WHERE v.request_id = r.id AND v.state = 'done') <> 1`},
	{"only a completed request has a visit that did it", `SELECT r.number || ' (' || r.state || ')' FROM service_requests r
		JOIN visits v ON v.request_id = r.id AND v.state = 'done' WHERE r.state <> 'completed'`},
	{"the steps of a visit are in order", `SELECT id::text FROM visits WHERE NOT coalesce(en_route_at <= on_site_at, true)
		OR NOT coalesce(on_site_at <= ended_at, true) OR NOT coalesce(en_route_at <= ended_at, true)
		OR NOT coalesce(assigned_at <= ended_at, true)`},
	{"the history has a line for each version, without holes", `SELECT r.number || ' at version ' || r.version || ' has ' || count(a.*)
			|| ' lines, ' || coalesce(min(a.sequence), 0) || ' to ' || coalesce(max(a.sequence), 0)
		FROM service_requests r LEFT JOIN activities a ON a.request_id = r.id GROUP BY r.id
		HAVING count(a.*) <> r.version OR min(a.sequence) <> 1 OR max(a.sequence) <> r.version`},
	{"the history leads to the present state", `SELECT r.number || ': ' || r.state || ', the history says ' || last.to_state FROM service_requests r
		JOIN LATERAL (SELECT a.to_state FROM activities a WHERE a.request_id = r.id AND a.to_state IS NOT NULL
			ORDER BY a.sequence DESC LIMIT 1) last ON true WHERE last.to_state <> r.state`},
	{"each step of the history begins where the one before it ended", `SELECT s.request_id || ' #' || s.sequence FROM (
			SELECT request_id, sequence, from_state, lag(to_state) OVER (PARTITION BY request_id ORDER BY sequence) AS was
			FROM activities WHERE to_state IS NOT NULL) s WHERE s.from_state IS DISTINCT FROM s.was`},
	{"the history never goes back in time", `SELECT s.request_id || ' #' || s.sequence FROM (
			SELECT request_id, sequence, at, lag(at) OVER (PARTITION BY request_id ORDER BY sequence) AS was FROM activities) s WHERE s.at < s.was`},
	{"each change is in the audit trail once", `SELECT r.number || ' at version ' || r.version || ' has ' || count(t.*) || ' lines' FROM service_requests r
		LEFT JOIN audit_trail t ON t.object_kind = 'request' AND t.object_id = r.id GROUP BY r.id HAVING count(t.*) <> r.version`},
	{"an operation made one change at most", `SELECT operation_id || ' made ' || count(*) FROM activities
		WHERE operation_id IS NOT NULL GROUP BY actor_id, operation_id HAVING count(*) > 1`},
	{"an operation that took effect has its answer", `SELECT id::text FROM operations WHERE result IS NULL`},
	{"nobody off duty has a live position", `SELECT t.number FROM technicians t
		JOIN technician_positions p ON p.technician_id = t.id WHERE NOT t.on_duty`},
	{"a device has one open request", `SELECT device_id || ' has ' || count(*) FROM service_requests
		WHERE state NOT IN ('completed', 'cancelled') GROUP BY device_id HAVING count(*) > 1`},
}

// Broken gives what in a database breaks the Invariants, in words.
func Broken(ctx context.Context, db bun.IDB) ([]string, error) {
	var broken []string
	for _, inv := range Invariants {
		var found []string
		if err := db.NewRaw(inv.Query+" LIMIT 5").Scan(ctx, &found); err != nil {
			return nil, fmt.Errorf("dispatchtest: %s: %w", inv.Name, err)
		}
		for _, f := range found {
			broken = append(broken, inv.Name+": "+f)
		}
	}
	return broken, nil
}

// CheckInvariants fails the test with everything that breaks the Invariants.
func CheckInvariants(t testing.TB, db bun.IDB) {
	t.Helper()
	broken, err := Broken(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range broken {
		t.Errorf("broken: %s", b)
	}
}
