package portal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal"
)

// fleet is two companies with devices.
type fleet struct {
	db         *postgres.DB
	mine       identity.Actor
	other      identity.Actor
	site       uuid.UUID
	model      uuid.UUID
	contract   uuid.UUID
	otherSite  uuid.UUID
	myDevices  map[string]uuid.UUID
	otherOne   uuid.UUID
	myAccount  uuid.UUID
	otherAccID uuid.UUID
}

func exec(t *testing.T, db *postgres.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.NewRaw(query, args...).Exec(t.Context()); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func newFleet(t *testing.T, names ...string) *fleet {
	t.Helper()
	f := &fleet{db: pgtest.New(t), site: uuid.New(), model: uuid.New(), contract: uuid.New(), otherSite: uuid.New(),
		myDevices: map[string]uuid.UUID{}, myAccount: uuid.New(), otherAccID: uuid.New()}
	for i, id := range []uuid.UUID{f.myAccount, f.otherAccID} {
		exec(t, f.db, `INSERT INTO accounts VALUES (?, ?, ?, 'NO', 'nb', now(), now())`, id, fmt.Sprint("K-", i+1), fmt.Sprint("Eksempel ", i+1))
	}
	f.mine, f.other = f.person(t, f.myAccount), f.person(t, f.otherAccID)
	exec(t, f.db, `INSERT INTO sites VALUES (?, ?, '01', 'Hovedkontoret', 'Eksempelveien 1', '', '', '8001', 'Bodø', 'NO', 67.28, 14.405, 'rooftop', 'Europe/Oslo', now(), now())`, f.site, f.myAccount)
	exec(t, f.db, `INSERT INTO sites VALUES (?, ?, '01', 'Lageret', 'Eksempelveien 2', '', '', '0150', 'Oslo', 'NO', NULL, NULL, 'none', 'Europe/Oslo', now(), now())`, f.otherSite, f.otherAccID)
	exec(t, f.db, `INSERT INTO models VALUES (?, 'Polar C300', '{colour-a3,finisher}', true)`, f.model)
	exec(t, f.db, `INSERT INTO contracts VALUES (?, ?, 'AV-1', '2026-01-01', '2026-12-31', 8, NULL, now(), now())`, f.contract, f.myAccount)
	for i, name := range names {
		id := uuid.New()
		f.myDevices[name] = id
		exec(t, f.db, `INSERT INTO devices VALUES (?, ?, ?, ?, ?, ?, ?, now(), now())`, id, fmt.Sprintf("DEMO-%03d", i), f.model, f.myAccount, f.site, f.contract, name)
		f.register(t, f.mine.PersonID, id, "active")
	}
	f.otherOne = uuid.New()
	exec(t, f.db, `INSERT INTO devices VALUES (?, 'OTHER-1', ?, ?, ?, NULL, 'theirs', now(), now())`, f.otherOne, f.model, f.otherAccID, f.otherSite)
	f.register(t, f.other.PersonID, f.otherOne, "active")
	return f
}

func (f *fleet) list(t *testing.T, q portal.DeviceQuery) portal.DevicePage {
	t.Helper()
	page, err := portal.New(f.db).ListDevices(t.Context(), f.mine, q)
	if err != nil {
		t.Fatalf("ListDevices(%+v): %v", q, err)
	}
	return page
}

func namesOf(page portal.DevicePage) []string {
	var names []string
	for _, d := range page.Devices {
		names = append(names, d.FriendlyName)
	}
	return names
}

func TestDeviceOfAccount(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "Resepsjonen")
	d, err := portal.DeviceOfAccount(t.Context(), f.db, f.myAccount, f.myDevices["Resepsjonen"])
	if err != nil {
		t.Fatal(err)
	}
	point, ok := d.Site.Point()
	if d.Account.Name != "Eksempel 1" || d.Site.City != "Bodø" || !ok || point != [2]float64{14.405, 67.28} ||
		d.Site.TimeZone != "Europe/Oslo" || d.Site.Quality != portal.QualityRooftop || d.Model.Name != "Polar C300" ||
		!slices.Equal(d.Model.Skills, []string{"colour-a3", "finisher"}) || d.Contract.Number != "AV-1" || d.SerialNumber != "DEMO-000" {
		t.Errorf("device = %+v", d)
	}
	for what, asked := range map[string][2]uuid.UUID{
		"another company's": {f.myAccount, f.otherOne},
		"unknown":           {f.myAccount, uuid.New()},
		"nobody's account":  {uuid.Nil, f.otherOne},
	} {
		if _, err := portal.DeviceOfAccount(t.Context(), f.db, asked[0], asked[1]); !errors.Is(err, &fault.Error{Kind: fault.NotFound, Reason: "device_not_found"}) {
			t.Errorf("%s device: %v", what, err)
		}
	}
	other, err := portal.DeviceBySerial(t.Context(), f.db, "  other-1 ")
	if err != nil || other.ID != f.otherOne || other.Contract != nil || other.ContractID != nil {
		t.Errorf("by serial: %+v, %v", other, err)
	}
	if _, ok := other.Site.Point(); ok {
		t.Error("a site without position has a point")
	}
	for _, serial := range []string{"", "OTHER-2", "OTHER\x00", "\xff", "OTHER-_", "%"} {
		if _, err := portal.DeviceBySerial(t.Context(), f.db, serial); fault.KindOf(err) != fault.NotFound {
			t.Errorf("serial %q: %v", serial, err)
		}
	}
}

func TestPromiseAt(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "en")
	d, err := portal.DeviceOfAccount(t.Context(), f.db, f.myAccount, f.myDevices["en"])
	if err != nil {
		t.Fatal(err)
	}
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   time.Time
		want bool
	}{
		{time.Date(2025, 12, 31, 23, 59, 59, 0, oslo), false},
		{time.Date(2026, 1, 1, 0, 0, 0, 0, oslo), true},
		{time.Date(2026, 12, 31, 23, 59, 59, 0, oslo), true},
		{time.Date(2027, 1, 1, 0, 0, 0, 0, oslo), false},
	} {
		p := d.PromiseAt(c.at.UTC())
		if got := p.Response != nil && *p.Response == 8*time.Hour; got != c.want || p.Resolution != nil {
			t.Errorf("promise at %s: %+v, want in force %t", c.at, p, c.want)
		}
	}
	d.Contract = nil
	if p := d.PromiseAt(time.Now()); p.Response != nil || p.Resolution != nil {
		t.Errorf("a device without a contract has a promise: %+v", p)
	}
}

func TestListDevicesPages(t *testing.T) {
	t.Parallel()
	names := []string{"b", "a", "ø", "Å", "", "a ", "z", "", "日本", "🖨", "ab"}
	f := newFleet(t, names...)
	all := namesOf(f.list(t, portal.DeviceQuery{PageSize: 100}))
	if len(all) != len(names) || slices.Contains(all, "theirs") {
		t.Fatalf("all = %q", all)
	}
	for size := 1; size <= len(names); size++ {
		var paged []string
		for token := ""; ; {
			page := f.list(t, portal.DeviceQuery{PageSize: size, PageToken: token})
			if page.Total != int64(len(names)) || len(page.Devices) > size {
				t.Fatalf("size %d: total %d, %d rows", size, page.Total, len(page.Devices))
			}
			paged = append(paged, namesOf(page)...)
			if token = page.NextPageToken; token == "" {
				break
			}
		}
		if !slices.Equal(paged, all) {
			t.Fatalf("size %d: %q, want %q", size, paged, all)
		}
	}
	if got := f.list(t, portal.DeviceQuery{}); len(got.Devices) != 10 || got.NextPageToken == "" {
		t.Errorf("a page without size has %d rows", len(got.Devices))
	}
}

func TestListDevicesRefuses(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "en")
	s := portal.New(f.db)
	for _, actor := range []identity.Actor{
		{}, {Role: identity.RoleDispatcher}, {Role: identity.RoleAdmin}, {Role: identity.RoleTechnician},
		identity.System(), {Role: identity.RoleCustomer}, {Role: identity.RoleAdmin, AccountID: f.myAccount},
	} {
		if _, err := s.ListDevices(t.Context(), actor, portal.DeviceQuery{}); !errors.Is(err, &fault.Error{Kind: fault.Forbidden, Reason: "customers_only"}) {
			t.Errorf("%+v: %v", actor, err)
		}
	}
	for _, q := range []portal.DeviceQuery{
		{PageSize: -1}, {PageSize: 101}, {PageToken: "x"}, {PageToken: "%%%"}, {PageToken: "e30x"}, {PageToken: "bnVsbHg"},
		{PageToken: "W10"},                     // []
		{PageToken: "eyJuIjoiXHUwMDAwIn0"},     // {"n":"\u0000"}
		{PageToken: "eyJuIjoiIiwieCI6MX0"},     // an unknown field
		{PageToken: "eyJuIjoiIn0geyJuIjoiIn0"}, // two values
	} {
		if _, err := s.ListDevices(t.Context(), f.mine, q); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestListDevicesSearch(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "100% sikker", "under_score", "Ærlig Østfold", "back\\slash", "Cafe\u0301 nei", "caf\u00e9 ja", "quote' \"x\"")
	for query, want := range map[string][]string{
		"%":                  {"100% sikker"},
		"_":                  {"under_score"},
		`\`:                  {`back\slash`},
		"ØSTFOLD":            {"Ærlig Østfold"},
		"østfold ærlig":      {"Ærlig Østfold"},
		"cafe\u0301 JA":      {"caf\u00e9 ja"},
		"'":                  {"quote' \"x\""},
		"under\x00score":     {"under_score"},
		"sikker polar":       {"100% sikker"},
		"sikker finnes-ikke": nil,
		"demo-003 bodø":      {`back\slash`},
		"theirs":             nil,
		"oslo":               nil,
		"日本🖨":                nil,
		"?":                  nil,
		"\xff":               nil,
	} {
		page := f.list(t, portal.DeviceQuery{Text: query})
		if got := namesOf(page); !slices.Equal(got, want) || page.Total != int64(len(want)) {
			t.Errorf("%q: %q (total %d), want %q", query, got, page.Total, want)
		}
	}
	if got := f.list(t, portal.DeviceQuery{Text: " \t hovedkontoret "}); got.Total != 7 {
		t.Errorf("by site: %d", got.Total)
	}
}

// TestListDevicesSearchAnyText asks whatever can be typed: no answer but rows or none.
func TestListDevicesSearchAnyText(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "en")
	s := portal.New(f.db)
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "query")
		if _, err := s.ListDevices(context.Background(), f.mine, portal.DeviceQuery{Text: q}); err != nil {
			t.Fatalf("%q: %v", q, err)
		}
	})
	file := filepath.Join(testdata(), "abuse", "blns.txt")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Logf("without the list of naughty strings: %v", err)
		return
	}
	for line := range strings.SplitSeq(string(raw), "\n") {
		if _, err := s.ListDevices(t.Context(), f.mine, portal.DeviceQuery{Text: line}); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func testdata() string {
	if dir := os.Getenv("UTSENDT_TESTDATA"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "shared", "data")
}

func TestListDevicesOpenRequest(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "a", "b")
	open := uuid.New()
	insert := func(id uuid.UUID, number string, device uuid.UUID) {
		exec(t, f.db, `INSERT INTO service_requests (id, number, state, version, account_id, account_name, device_id, serial_number,
			model, line1, postal_code, city, country, quality, time_zone, category, description, priority, opened_at, updated_at)
			VALUES (?, ?, 'to_be_scheduled', 1, ?, 'x', ?, 'x', 'x', 'x', 'x', 'x', 'NO', 'none', 'UTC', 'other', 'x', 'normal', now(), now())`,
			id, number, f.myAccount, device)
	}
	ended := uuid.New()
	insert(ended, "SR-1", f.myDevices["a"])
	exec(t, f.db, `UPDATE service_requests SET state = 'cancelled', version = 2, ended_at = now(), outcome = 'x' WHERE id = ?`, ended)
	insert(open, "SR-2", f.myDevices["b"])
	page := f.list(t, portal.DeviceQuery{})
	if len(page.Devices) != 2 || page.Devices[0].Open != nil || page.Devices[1].Open == nil ||
		*page.Devices[1].Open != (portal.OpenRequest{ID: open, Number: "SR-2", State: "to_be_scheduled"}) {
		t.Errorf("devices = %+v", page.Devices)
	}
	if page.Devices[0].Site.City != "Bodø" || page.Devices[0].Model.Name != "Polar C300" {
		t.Errorf("device = %+v", page.Devices[0])
	}
}
