package life

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// leg is one kind of line: a SELECT of what happened to one device. Its rank says which of several lines of the same moment
// counts as the newer one; each has its own, so that (time, rank, id) is the order of everything.
type leg struct {
	topic Topic
	rank  int
	// at, id and event are SQL expressions; detail is JSON, or NULL.
	at, id, event, detail string
	// from is the tables with what joins and keeps them to the device, up to where further conditions are added by AND.
	from string
	// ours keeps what is the customer's own; empty where the device says it all.
	ours string
}

// tonerRank is that of changes of forecast, which are calculated: after the reading or delivery that they follow from.
const tonerRank = 90

const orderDetail = `jsonb_build_object('number', o.number, 'carrier', o.carrier, 'lines', (SELECT jsonb_agg(
	jsonb_build_object('nb', l.name_nb, 'en', l.name_en, 'quantity', l.quantity) ORDER BY l.line) FROM supply_order_lines l WHERE l.order_id = o.id))`

const (
	openedDetail = `jsonb_build_object('id', r.id, 'number', r.number, 'category', r.category)`
	endedDetail  = `jsonb_build_object('id', r.id, 'number', r.number, 'category', r.category, 'outcome', r.outcome)`
)

const visitDetail = `jsonb_build_object('id', r.id, 'number', r.number, 'category', r.category, 'technician', t.first_name)`

const fromVisits = `service_requests r JOIN visits v ON v.request_id = r.id JOIN technicians t ON t.id = v.technician_id WHERE r.device_id = :device`

const addressDetail = `jsonb_build_object(
	'was', concat_ws(', ', nullif(c.was_line1, ''), nullif(c.was_line2, ''), nullif(c.was_line3, ''), concat_ws(' ', c.was_postal_code, c.was_city)),
	'then', concat_ws(', ', c.line1, nullif(c.line2, ''), nullif(c.line3, ''), concat_ws(' ', c.postal_code, c.city)),
	'reason', %s)`

// Wishes for another address that were made for the device. Those that were granted moved others too: they are among what became
// of each device.
const fromAddresses = `address_changes c WHERE c.device_id = :device`

// fromRegistrations are the lines of the audit trail in which a registration became active or ended.
const fromRegistrations = `registrations g JOIN audit_trail a ON a.object_kind = 'registration' AND a.object_id = g.id
	WHERE g.device_id = :device AND a.after->>'state' IN ('active', 'removed') AND a.before->>'state' IS DISTINCT FROM a.after->>'state'
	AND (a.after->>'state' = 'active' OR a.before->>'state' = 'active')`

const (
	movedDetail    = `jsonb_build_object('was', CASE WHEN e.former_account = e.account_id THEN e.was ELSE '' END, 'then', e.became, 'reason', '')`
	contractDetail = `jsonb_build_object('was', CASE WHEN e.former_account = e.account_id THEN e.was ELSE '' END, 'then', e.became)`
)

// restarted: a counter shows less than the valid reading before, because it was replaced or set to nothing.
const restarted = `EXISTS (SELECT FROM (SELECT p.counters FROM meter_readings p WHERE p.device_id = :device AND p.superseded_by IS NULL
	AND p.taken_at < m.taken_at ORDER BY p.taken_at DESC LIMIT 1) former, jsonb_each(former.counters) counter
	WHERE m.superseded_by IS NULL AND (m.counters->>counter.key)::bigint < counter.value::bigint)`

const (
	ourOrder        = `o.account_id = :account`
	ourRequest      = `r.account_id = :account`
	ourAddress      = `c.account_id = :account`
	ourRegistration = `g.person_id = :person`
	// Where it came from, the next company is not told.
	ourFromNew = `d.account_since IS NULL`
	// As portal.ReadForPresentCompany, with the device looked up once.
	readForThem = `coalesce(m.entered_at > (SELECT account_since FROM devices WHERE id = :device), true)`
	ourEvent    = `e.account_id = :account`
)

var legs = []leg{
	{Device, 5, "d.created_at", "d.id", "'added'", "NULL::jsonb", `devices d WHERE d.id = :device`, ourFromNew},
	{
		Device, 6, "e.at", "e.id", "CASE e.kind WHEN 'contract' THEN 'contract_changed' ELSE e.kind END", contractDetail,
		`device_events e WHERE e.device_id = :device AND e.kind IN ('contract', 'retired', 'returned')`, ourEvent,
	},
	{
		Addresses, 22, "e.at", "e.id", "CASE e.kind WHEN 'address' THEN 'address_corrected' WHEN 'approved' THEN 'address_approved' ELSE e.kind END",
		movedDetail, `device_events e WHERE e.device_id = :device AND e.kind IN ('moved', 'address', 'approved')`, ourEvent,
	},
	{Registrations, 10, "a.at", "a.id", "CASE a.after->>'state' WHEN 'active' THEN 'registered' ELSE 'deregistered' END", "NULL::jsonb", fromRegistrations, ourRegistration},
	// Those that came from a file have no line of their own.
	{
		Registrations, 11, "coalesce(g.decided_at, g.requested_at)", "g.id", "'registered'", "NULL::jsonb",
		`registrations g WHERE g.device_id = :device AND g.state IN ('active', 'removed')
			AND NOT EXISTS (SELECT FROM audit_trail a WHERE a.object_kind = 'registration' AND a.object_id = g.id AND a.after->>'state' = 'active')`,
		ourRegistration,
	},
	{Addresses, 20, "c.requested_at", "c.id", "'address_asked'", fmt.Sprintf(addressDetail, `''`), fromAddresses, ourAddress},
	{Addresses, 21, "c.decided_at", "c.id", "'address_' || c.state", fmt.Sprintf(addressDetail, `CASE WHEN c.state = 'refused' THEN c.decision_reason ELSE '' END`), fromAddresses + ` AND c.state IN ('refused', 'withdrawn')`, ourAddress},
	{Requests, 30, "r.opened_at", "r.id", "'request_opened'", openedDetail, `service_requests r WHERE r.device_id = :device`, ourRequest},
	{Visits, 40, "v.on_site_at", "v.id", "'visit_arrived'", visitDetail, fromVisits + ` AND v.on_site_at IS NOT NULL`, ourRequest},
	{Orders, 50, "o.placed_at", "o.id", "'order_placed'", orderDetail, `supply_orders o WHERE o.device_id = :device`, ourOrder},
	{Orders, 51, "o.shipped_at", "o.id", "'order_shipped'", orderDetail, `supply_orders o WHERE o.device_id = :device AND o.shipped_at IS NOT NULL`, ourOrder},
	{Orders, 52, "o.delivered_at", "o.id", "'order_delivered'", orderDetail, `supply_orders o WHERE o.device_id = :device AND o.delivered_at IS NOT NULL`, ourOrder},
	{Orders, 53, "o.cancelled_at", "o.id", "'order_cancelled'", orderDetail, `supply_orders o WHERE o.device_id = :device AND o.cancelled_at IS NOT NULL`, ourOrder},
	{
		Readings, 60, "m.taken_at", "m.id", "CASE WHEN " + restarted + " THEN 'counter_restarted' ELSE 'read' END", `jsonb_build_object('counters', m.counters, 'source', m.source, 'superseded', m.superseded_by IS NOT NULL)`,
		`meter_readings m WHERE m.device_id = :device`, readForThem,
	},
	{
		Visits, 70, "v.ended_at", "v.id", "CASE v.state WHEN 'done' THEN 'visit_done' ELSE 'visit_unsolved' END", visitDetail,
		fromVisits + ` AND v.state IN ('done', 'unsolved')`, ourRequest,
	},
	{Requests, 80, "r.ended_at", "r.id", "'request_' || r.state", endedDetail, `service_requests r WHERE r.device_id = :device AND r.ended_at IS NOT NULL`, ourRequest},
}

// key is where a line stands in the thread, and a page ends.
type key struct {
	At   time.Time `json:"t"`
	Rank int       `json:"r"`
	ID   uuid.UUID `json:"i"`
}

func (e Entry) key() key { return key{e.At, e.rank, e.ID} }

// newer reports whether a comes before b in the thread.
func (k key) newer(than key) bool {
	if c := k.At.Compare(than.At); c != 0 {
		return c > 0
	}
	if k.Rank != than.Rank {
		return k.Rank > than.Rank
	}
	return slices.Compare(k.ID[:], than.ID[:]) > 0
}

// threadQuery is one statement over the legs of the topics. Each leg reads no further than a page, by its own index.
func threadQuery(topics []Topic, customer bool) string {
	var parts []string
	for _, l := range legs {
		if len(topics) > 0 && !slices.Contains(topics, l.topic) {
			continue
		}
		ours := ""
		if customer && l.ours != "" {
			ours = " AND " + l.ours
		}
		parts = append(parts, fmt.Sprintf(`(SELECT %[1]d AS rank, '%[2]s' AS topic, %[3]s AS at, %[4]s AS id, %[5]s AS event, %[6]s AS detail
			FROM %[7]s%[8]s AND %[3]s <= :at AND (%[3]s, %[1]d, %[4]s) < (:at, :rank, :id)
			ORDER BY %[3]s DESC, %[4]s DESC LIMIT :limit)`, l.rank, l.topic, l.at, l.id, l.event, l.detail, l.from, ours))
	}
	if len(parts) == 0 {
		return ""
	}
	return "SELECT * FROM (" + strings.Join(parts, "\nUNION ALL\n") + ") AS thread ORDER BY at DESC, rank DESC, id DESC LIMIT :limit"
}

// stored gives at most limit lines that come after a place in the thread; the zero place is before the first.
func stored(ctx context.Context, tx postgres.Tx, actor identity.Actor, d portal.DeviceDetail, topics []Topic, after key, limit int) ([]Entry, error) {
	query := threadQuery(topics, actor.Is(identity.RoleCustomer))
	if query == "" {
		return nil, nil
	}
	if after == (key{}) {
		after = key{At: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
	}
	values := map[string]any{
		":device": d.ID.String(), ":account": actor.AccountID.String(), ":person": actor.PersonID.String(),
		":at": after.At, ":rank": after.Rank, ":id": after.ID.String(), ":limit": limit,
	}
	types := map[string]string{
		":device": "uuid", ":account": "uuid", ":person": "uuid", ":at": "timestamptz", ":rank": "int", ":id": "uuid", ":limit": "int",
	}
	query, args := numbered(query, values, types)
	// Seventeen legs take longer to plan than to read: one plan for all devices, which has no choice anyway.
	if _, err := tx.PgxTx().Exec(ctx, "SET LOCAL plan_cache_mode = force_generic_plan"); err != nil {
		return nil, fmt.Errorf("life: reading a thread: %w", err)
	}
	rows, err := tx.PgxTx().Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("life: reading a thread: %w", err)
	}
	defer rows.Close()
	var found []Entry
	for rows.Next() {
		var e Entry
		var id string
		var detail []byte
		if err := rows.Scan(&e.rank, &e.Topic, &e.At, &id, &e.Event, &detail); err != nil {
			return nil, fmt.Errorf("life: reading a line: %w", err)
		}
		if e.ID, err = uuid.Parse(id); err != nil {
			return nil, fmt.Errorf("life: reading a line: %w", err)
		}
		e.At = e.At.UTC()
		if err := e.read(detail); err != nil {
			return nil, err
		}
		found = append(found, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("life: reading a thread: %w", err)
	}
	return found, nil
}

// read takes the details of the entry's topic out of JSON.
func (e *Entry) read(detail []byte) error {
	var into any
	switch e.Topic {
	case Readings:
		e.Reading = new(Reading)
		into = e.Reading
	case Orders:
		e.Order = new(Order)
		into = e.Order
	case Requests, Visits:
		e.Request = new(Request)
		into = e.Request
	case Addresses:
		e.Address = new(Address)
		into = e.Address
	case Device:
		if e.Event != ContractChanged {
			return nil
		}
		e.Contract = new(Contract)
		into = e.Contract
	default:
		return nil
	}
	if err := json.Unmarshal(detail, into); err != nil {
		return fmt.Errorf("life: reading a line's details: %w", err)
	}
	return nil
}

// numbered puts PostgreSQL's numbered parameters in the place of names. Ids go as text: pgx has no codec for ours.
func numbered(query string, values map[string]any, types map[string]string) (string, []any) {
	var args []any
	for _, name := range []string{":device", ":account", ":person", ":at", ":rank", ":id", ":limit"} {
		if !strings.Contains(query, name) {
			continue
		}
		args = append(args, values[name])
		cast := fmt.Sprintf("$%d::%s", len(args), types[name])
		if types[name] == "uuid" {
			cast = fmt.Sprintf("$%d::text::uuid", len(args))
		}
		query = strings.ReplaceAll(query, name, cast)
	}
	return query, args
}
