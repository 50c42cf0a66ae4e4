package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/transfer/archive"
)

// fill gives a company a device with readings, n of them, one in a hundred corrected.
func fill(t *testing.T, db *postgres.DB, n int) {
	t.Helper()
	for _, query := range []string{
		`INSERT INTO accounts (id, number, name, country, created_at, updated_at) VALUES ('0198c0de-0000-7000-8000-000000000001', 'K-1', E'Ærlig, "trykk"\n og ÅÅ 🖨', 'NO', now(), now())`,
		`INSERT INTO sites (id, account_id, number, name, line1, postal_code, city, country, latitude, longitude, quality, time_zone, created_at, updated_at)
			VALUES ('0198c0de-0000-7000-8000-000000000002', '0198c0de-0000-7000-8000-000000000001', '01', '', 'Vei 1', '0150', 'Oslo', 'NO', 59.9127000001, 10.1::float / 3, 'rooftop', 'Europe/Oslo', now(), now())`,
		`INSERT INTO models (id, name) VALUES ('0198c0de-0000-7000-8000-000000000003', 'M')`,
		`INSERT INTO devices (id, serial_number, model_id, account_id, site_id, created_at, updated_at)
			VALUES ('0198c0de-0000-7000-8000-000000000004', 'S-1', '0198c0de-0000-7000-8000-000000000003', '0198c0de-0000-7000-8000-000000000001', '0198c0de-0000-7000-8000-000000000002', now(), now())`,
		`INSERT INTO people (id, user_id, password_hash, role, created_at, updated_at) VALUES (gen_random_uuid(), 'admin', '$argon2id$secret', 'admin', now(), now())`,
		fmt.Sprintf(`INSERT INTO meter_readings (id, device_id, taken_at, counters, source, entered_at)
			SELECT gen_random_uuid(), '0198c0de-0000-7000-8000-000000000004', timestamptz '2020-01-01' + i * interval '10 minutes 0.000001 seconds',
				jsonb_build_object('black', i), 'import', now() FROM generate_series(1, %d) i`, n),
		`WITH pairs AS (SELECT id, lead(id) OVER (ORDER BY taken_at) AS next, row_number() OVER (ORDER BY taken_at) AS n FROM meter_readings)
			UPDATE meter_readings m SET superseded_by = next FROM pairs WHERE pairs.id = m.id AND n % 100 = 1 AND next IS NOT NULL`,
		`SELECT nextval('service_request_number'), nextval('service_request_number')`,
	} {
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}

// same fails the test unless two folders hold the same files with the same bytes.
func same(t *testing.T, before, after string) {
	t.Helper()
	files, err := os.ReadDir(before)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		a, errA := os.ReadFile(filepath.Join(before, file.Name()))
		b, errB := os.ReadFile(filepath.Join(after, file.Name()))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs: %v %v", file.Name(), errA, errB)
		}
	}
}

func TestByteForByte(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	first, second := pgtest.New(t), pgtest.New(t)
	fill(t, first, 1_000)
	before, after := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	m, err := archive.Write(ctx, first, before)
	if err != nil || m.Tables["meter_readings"].Rows != 1_000 || m.Sequences["service_request_number"] == 0 {
		t.Fatal(m, err)
	}
	// However the other database says dates and times by itself.
	if _, err := second.ExecContext(ctx, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Asia/Kathmandu''', current_database());
		EXECUTE format('ALTER DATABASE %I SET DateStyle = ''SQL, DMY''', current_database()); END $$`); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Restore(ctx, second, os.DirFS(before)); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Write(ctx, second, after); err != nil {
		t.Fatal(err)
	}
	same(t, before, after)
	var hash *string
	if err := second.NewRaw(`SELECT password_hash FROM people`).Scan(ctx, &hash); err != nil || hash != nil {
		t.Errorf("a password came along: %v %v", hash, err)
	}
	// What was put off is in force again.
	for query, want := range map[string]string{
		`DELETE FROM audit_trail`: "audit", `DELETE FROM devices`: "meter_readings_device_id_fkey",
		`UPDATE meter_readings SET device_id = gen_random_uuid()`: "meter_readings_device_id_fkey",
	} {
		if _, err := second.ExecContext(ctx, query); err == nil || !regexp.MustCompile(want).MatchString(err.Error()) {
			t.Errorf("%s: %v", query, err)
		}
	}
	var number int64
	if err := second.NewRaw(`SELECT nextval('service_request_number')`).Scan(ctx, &number); err != nil || number != m.Sequences["service_request_number"]+1 {
		t.Errorf("the next number is %d, %v", number, err)
	}
	if _, err := archive.Restore(ctx, second, os.DirFS(before)); fault.ReasonOf(err) != "database_not_empty" {
		t.Errorf("into a database that is not empty: %v", err)
	}
	if _, err := archive.Write(ctx, second, after); fault.ReasonOf(err) != "folder_not_empty" {
		t.Errorf("over another archive: %v", err)
	}
}

// TestBrokenArchive: whatever is missing or was changed, nothing of it stays in the database.
func TestBrokenArchive(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	first, second := pgtest.New(t), pgtest.New(t)
	fill(t, first, 200)
	for name, spoil := range map[string]func(dir string) error{
		"no manifest": func(dir string) error { return os.Remove(filepath.Join(dir, "archive.json")) },
		"no table":    func(dir string) error { return os.Remove(filepath.Join(dir, "visits.csv")) },
		"cut off": func(dir string) error {
			return os.Truncate(filepath.Join(dir, "meter_readings.csv"), 10_001)
		},
		"a value changed": func(dir string) error { return edit(dir, "accounts.csv", "K-1", "K-2") },
		"a reference to nothing": func(dir string) error {
			return edit(dir, "devices.csv", "0198c0de-0000-7000-8000-000000000003", "0198c0de-0000-7000-8000-000000000009")
		},
		"another's columns": func(dir string) error { return edit(dir, "sites.csv", "line1,line2", "line2,line1") },
	} {
		dir := filepath.Join(t.TempDir(), "x")
		if _, err := archive.Write(ctx, first, dir); err != nil {
			t.Fatal(err)
		}
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Restore(ctx, second, os.DirFS(dir)); fault.ReasonOf(err) != "archive_broken" {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := filepath.Join(t.TempDir(), "x")
	if _, err := archive.Write(ctx, first, dir); err != nil {
		t.Fatal(err)
	}
	if err := edit(dir, "archive.json", `"schema": "`, `"schema": "9`); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Restore(ctx, second, os.DirFS(dir)); fault.ReasonOf(err) != "schema_differs" {
		t.Errorf("another schema: %v", err)
	}
	var rows int
	if err := second.NewRaw(`SELECT (SELECT count(*) FROM accounts) + (SELECT count(*) FROM devices) + (SELECT count(*) FROM meter_readings)`).Scan(ctx, &rows); err != nil || rows != 0 {
		t.Errorf("%d rows stayed, %v", rows, err)
	}
}

func edit(dir, file, old, new string) error {
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return err
	}
	changed := bytes.Replace(text, []byte(old), []byte(new), 1)
	if bytes.Equal(changed, text) {
		return fmt.Errorf("%s has no %s", file, old)
	}
	return os.WriteFile(filepath.Join(dir, file), changed, 0o600)
}

// TestEveryTableIsDecided: a new table fails here until it is archived on purpose or left out with a reason, and so does a new
// column that looks like a secret.
func TestEveryTableIsDecided(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	columns, err := archive.TableColumns(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"accounts", "activities", "address_changes", "article_models", "article_texts", "articles", "audit_trail", "blobs", "contracts", "country_settings",
		"deliveries", "delivery_addresses", "device_events", "devices", "mail_addresses", "mail_preferences", "meter_readings", "models", "notifications",
		"operations", "people", "personal_data_reads", "photos", "postal_codes", "reading_reminders", "reading_upload_pieces", "reading_upload_rows",
		"reading_uploads", "registrations", "request_shares", "service_requests", "sign_ups", "sites", "supplies", "supply_models", "supply_order_lines",
		"supply_orders", "technicians", "van_stock", "visit_file_pieces", "visit_files", "visits",
	}
	// Sums of what is in the row, and of what was asked: none opens anything.
	harmless := map[string]bool{"blobs.hash": true, "photos.hash": true, "visit_files.sha256": true, "visit_files.hash": true, "reading_uploads.hash": true, "mail_addresses.address_hash": true}
	secret := regexp.MustCompile(`hash|secret|token|password|private|answer\d|otp`)
	for name, names := range columns {
		if !slices.Contains(want, name) {
			t.Errorf("%s is new: say here or in left.go whether it is archived", name)
		}
		for _, column := range names {
			if secret.MatchString(column) && !archive.Withheld[name][column] && !harmless[name+"."+column] && name+"."+column != "people.must_change_password" {
				t.Errorf("%s.%s looks like a secret", name, column)
			}
		}
	}
	for _, name := range want {
		if columns[name] == nil {
			t.Errorf("%s is not archived", name)
		}
	}
	for name, reason := range archive.LeftOut {
		var there bool
		if err := db.NewRaw("SELECT to_regclass(?) IS NOT NULL", name).Scan(t.Context(), &there); err != nil || !there || reason == "" {
			t.Errorf("%s is left out, because of %q, and there: %v %v", name, reason, there, err)
		}
	}
	for name, withheld := range archive.Withheld {
		for column := range withheld {
			if !slices.Contains(columns[name], column) {
				t.Errorf("%s.%s is withheld, and not there", name, column)
			}
		}
	}
	// Nothing that is archived refers to what is not.
	var refers []struct{ From, To string }
	if err := db.NewRaw(`SELECT conrelid::regclass::text AS "from", confrelid::regclass::text AS "to" FROM pg_constraint
		WHERE contype = 'f' AND connamespace = 'public'::regnamespace`).Scan(t.Context(), &refers); err != nil {
		t.Fatal(err)
	}
	for _, r := range refers {
		if archive.Archived(r.From) && !archive.Archived(r.To) {
			t.Errorf("%s refers to %s, which stays behind", r.From, r.To)
		}
	}
}

// TestAHundredThousandReadings go out and in without being held: the heap stays where it was.
// It runs alone: the heap is everybody's.
func TestAHundredThousandReadings(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 readings take a while; run without -short")
	}
	n := readings
	first, second := pgtest.New(t), pgtest.New(t)
	fill(t, first, n)
	dir := filepath.Join(t.TempDir(), "a")
	out := grown(t, func(ctx context.Context) error { _, err := archive.Write(ctx, first, dir); return err })
	size, err := os.Stat(filepath.Join(dir, "meter_readings.csv"))
	if err != nil {
		t.Fatal(err)
	}
	in := grown(t, func(ctx context.Context) error { _, err := archive.Restore(ctx, second, os.DirFS(dir)); return err })
	t.Logf("%d readings, %d kB of them: the heap grew by %d kB when they went out, by %d kB when they came in", n, size.Size()>>10, out>>10, in>>10)
	if limit := uint64(12 << 20); out > limit || in > limit {
		t.Errorf("the heap grew by %d and %d bytes", out, in)
	}
	var got int
	if err := second.NewRaw(`SELECT count(*) FROM meter_readings`).Scan(t.Context(), &got); err != nil || got != n {
		t.Errorf("%d readings came, %v", got, err)
	}
}

// grown gives by how much the live heap grew at the most while something was done.
func grown(t *testing.T, do func(context.Context) error) (most uint64) {
	t.Helper()
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	done := make(chan error, 1)
	go func() { done <- do(t.Context()) }()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			return most
		case <-time.After(20 * time.Millisecond):
			if now := live(); now > before {
				most = max(most, now-before)
			}
		}
	}
}
