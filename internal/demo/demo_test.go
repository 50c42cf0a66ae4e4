package demo

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"utsendt/geo"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/transfer"
)

// someDay is when the demo is loaded.
var someDay = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func one(t *testing.T, db *postgres.DB, query string) string {
	t.Helper()
	var v string
	if err := db.Pool.QueryRow(t.Context(), query).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func exports(t *testing.T, db *postgres.DB) string {
	t.Helper()
	var b strings.Builder
	for _, kind := range transfer.Kinds() {
		if err := transfer.Export(t.Context(), db, kind, &b); err != nil {
			t.Fatal(err)
		}
	}
	return b.String() + one(t, db, `SELECT string_agg(p::text, ',' ORDER BY user_id) FROM people p`) +
		one(t, db, `SELECT string_agg(d.id::text, ',' ORDER BY serial_number) FROM devices d`)
}

func TestLoad(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	start := time.Now()
	loaded, err := Load(t.Context(), db, "$argon2id$test")
	if err != nil || !loaded {
		t.Fatal(loaded, err)
	}
	t.Logf("loaded in %s", time.Since(start).Round(time.Millisecond))
	for query, want := range map[string]string{
		`SELECT count(*)::text FROM accounts`:                                                                                        "40",
		`SELECT count(*)::text FROM devices`:                                                                                         "300",
		`SELECT count(*)::text FROM sites WHERE quality <> 'none'`:                                                                   "100",
		`SELECT count(DISTINCT city)::text FROM sites`:                                                                               "25",
		`SELECT count(*)::text FROM technicians WHERE active AND NOT on_duty`:                                                        "60",
		`SELECT count(*)::text FROM van_stock`:                                                                                       "720",
		`SELECT count(*)::text FROM people WHERE password_hash IS NOT NULL`:                                                          "103",
		`SELECT count(DISTINCT account_id)::text FROM sites`:                                                                         "40",
		`SELECT count(*)::text FROM registrations WHERE state = 'active' AND reminders`:                                              "297",
		`SELECT count(*)::text FROM registrations WHERE state = 'pending' AND answer_by > now()`:                                     "3",
		`SELECT count(DISTINCT state)::text FROM supply_orders WHERE account_id = (SELECT id FROM accounts WHERE number = 'K-1001')`: "5",
		`SELECT (count(*) BETWEEN 6000 AND 7200)::text FROM meter_readings`:                                                          "true",
		`SELECT count(*)::text FROM address_changes WHERE state = 'pending'`:                                                         "1",
		`SELECT count(*)::text FROM article_texts`:                                                                                   "22",
		`SELECT count(*)::text FROM models m WHERE NOT EXISTS (SELECT FROM supply_models s WHERE s.model_id = m.id)`:                 "0",
		`SELECT count(*)::text FROM contracts`:                                                                                       "36",
		`SELECT (count(*) > 200)::text FROM devices WHERE contract_id IS NOT NULL`:                                                   "true",
		`SELECT count(DISTINCT model_id)::text FROM devices`:                                                                         "8",
	} {
		if got := one(t, db, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}

	before := exports(t, db)
	if loaded, err := Load(t.Context(), db, "$argon2id$other"); err != nil || loaded {
		t.Errorf("second: %t, %v", loaded, err)
	}
	if exports(t, db) != before {
		t.Error("a second Load changed something")
	}
	// What happened since stays; what is missing comes back.
	if _, err := db.NewRaw(`UPDATE van_stock SET quantity = 0`).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	if loaded, err := Load(t.Context(), db, "$argon2id$other"); err != nil || loaded || one(t, db, `SELECT sum(quantity)::text FROM van_stock`) != "0" {
		t.Errorf("third: %t, %v", loaded, err)
	}
	if _, err := db.NewRaw(`DELETE FROM people WHERE user_id = 'sentral2'`).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	if loaded, err := Load(t.Context(), db, "$argon2id$other"); err != nil || !loaded {
		t.Errorf("fourth: %t, %v", loaded, err)
	}
	if got := one(t, db, `SELECT string_agg(password_hash, ' ' ORDER BY user_id) FROM people WHERE user_id LIKE 'sentral%'`); got != "$argon2id$test $argon2id$other" {
		t.Errorf("passwords: %s", got)
	}
}

func TestSameEveryTime(t *testing.T) {
	t.Parallel()
	for _, kind := range transfer.Kinds() {
		var a, b bytes.Buffer
		if err := Write(&a, kind, someDay); err != nil {
			t.Fatal(err)
		}
		if err := Write(&b, kind, someDay); err != nil {
			t.Fatal(err)
		}
		if a.Len() == 0 || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: %d bytes, then %d", kind, a.Len(), b.Len())
		}
	}
}

// TestEveryDeviceHasItsTechnician in its own town, with the skills and the territory.
func TestEveryDeviceHasItsTechnician(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	if _, err := Load(t.Context(), db, "$argon2id$test"); err != nil {
		t.Fatal(err)
	}
	if got := one(t, db, `SELECT count(*)::text FROM devices d JOIN models m ON m.id = d.model_id JOIN sites s ON s.id = d.site_id
		WHERE NOT EXISTS (SELECT FROM technicians k WHERE k.skills @> m.skills AND left(s.postal_code, 1) = ANY(k.territory)
			AND abs(k.home_latitude - s.latitude) < 0.06 AND abs(k.home_longitude - s.longitude) < 0.2)`); got != "0" {
		t.Errorf("%s devices have nobody near", got)
	}
	counts := map[string]int{}
	for _, p := range postings() {
		counts[p.town.name]++
	}
	if len(counts) != len(towns) || counts["Oslo"] < 8 || counts["Hammerfest"] != 1 {
		t.Errorf("technicians: %v", counts)
	}
}

// TestTownsAreWhereTheyAre compares towns, and all that stands around them, with GeoNames.
func TestTownsAreWhereTheyAre(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("UTSENDT_TESTDATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "postal", "NO.txt"))
	if err != nil {
		t.Skipf("the public test data is not here: %v", err)
	}
	byPlace, byCode := map[string][]orb.Point{}, map[string]orb.Point{}
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(line, "\t")
		p := orb.Point{number(t, f[10]), number(t, f[9])}
		byPlace[strings.TrimSuffix(f[2], " S")] = append(byPlace[strings.TrimSuffix(f[2], " S")], p)
		byCode[f[1]] = p
	}
	for _, town := range towns {
		nearest := math.Inf(1)
		for _, p := range byPlace[town.name] {
			nearest = min(nearest, geo.Distance(p, town.centre))
		}
		if nearest > 15_000 {
			t.Errorf("%s is %.0f m from any of its places", town.name, nearest)
		}
		if p, ok := byCode[town.postalCode]; !ok || geo.Distance(p, town.centre) > 15_000 {
			t.Errorf("%s: postal code %s is not there (%t)", town.name, town.postalCode, ok)
		}
	}
	for kind, at := range map[transfer.Kind][2]int{transfer.Sites: {9, 10}, transfer.Technicians: {6, 7}} {
		for _, row := range files(someDay)[kind] {
			p := orb.Point{number(t, row[at[1]]), number(t, row[at[0]])}
			if !slices.ContainsFunc(towns, func(town town) bool { return geo.Distance(p, town.centre) <= 3_010 }) {
				t.Errorf("%s %v is in no town", kind, row[:3])
			}
		}
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSignIns(t *testing.T) {
	t.Parallel()
	all := SignIns()
	roles := map[identity.Role]int{}
	for _, s := range all {
		roles[s.Role]++
	}
	if fmt.Sprint(roles) != "map[admin:1 customer:40 dispatcher:2 technician:60]" {
		t.Errorf("roles: %v", roles)
	}
	if all[0].UserID != "sentral1" || all[3] != (SignIn{"kunde01", identity.RoleCustomer, "Prøvar Kunde-01", "Eksempel Kontor 01 AS"}) {
		t.Errorf("sign-ins begin with %+v", all[:4])
	}
	if last := all[len(all)-1]; last.About != "T-60, Hammerfest" {
		t.Errorf("the last is %+v", last)
	}
}
