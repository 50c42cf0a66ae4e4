package transfer_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/knowledge"
	"utsendt/portal/transfer"
)

// awkward draws texts as people type them elsewhere than in files: what PostgreSQL stores, and no more orderly than that.
func awkward() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		"=1+1", "+47", "-", "@x", "'", "''=", `"`, `""`, ",", ";", "\t", "\n", "\r\n", "\r", "\n\n", " ", "  ", "\u00a0", "\u0085", "\v", "\x01", "\x7f", "\u2028",
		"🖨️", "👩‍🔧", "עברית", "العربية", "\u202e", "e\u0301", "å", "a\u030a", "日本", "\ufeff", "\ufffd", "|", `\|`, `\`, "{}", "NULL", "- a\n- b", "    kode", "<b>", "0",
	})
	return rapid.Custom(func(t *rapid.T) string {
		s := strings.Join(rapid.SliceOfN(rapid.OneOf(pieces, rapid.StringMatching(`[a-zæøå ]{1,4}`)), 0, 12).Draw(t, "pieces"), "")
		return strings.ReplaceAll(s, "\x00", "")
	})
}

// free are the columns that people fill with text elsewhere than in files, and whether they must not be empty. Names that
// other rows keep as copies are theirs alone.
var free = map[string]bool{
	"accounts.name": true, "sites.name": false, "sites.line1": true, "sites.line2": false, "sites.city": true, "devices.friendly_name": false,
	"technicians.first_name": true, "people.first_name": false, "people.last_name": false, "people.title": false,
	"registrations.friendly_name": false, "meter_readings.reason": false, "supplies.name_nb": true, "delivery_addresses.line1": true,
	"delivery_addresses.name": false, "supply_orders.name": false, "supply_orders.contact_name": false, "supply_orders.friendly_name": false,
	"address_changes.reason": true, "address_changes.line2": false,
}

// TestAwkwardRoundTrip: whatever people typed, an export, imported into an empty database, exports to the same bytes.
func TestAwkwardRoundTrip(t *testing.T) {
	t.Parallel()
	first, second := pgtest.New(t), pgtest.New(t)
	importSmall(t, first)
	exec := func(db *postgres.DB, sql string, args ...any) {
		t.Helper()
		if _, err := db.Pool.Exec(t.Context(), sql, args...); err != nil {
			t.Fatalf("%s %q: %v", sql, args, err)
		}
	}
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		// Each check writes and reads two databases; this many are enough for every run of the tests.
		if checks++; checks > 25 {
			return
		}
		for column, filled := range free {
			text := awkward().Draw(rt, column)
			if filled {
				text += "x"
			}
			table, name, _ := strings.Cut(column, ".")
			version := ""
			if table == "supply_orders" {
				// Only orders that may change; the others are history.
				version = ", version = version + 1 WHERE state IN ('placed', 'shipped')"
			}
			exec(first, `UPDATE `+table+` SET `+name+` = left($1, 200)`+version, text)
		}
		body := knowledge.Tidy(awkward().Draw(rt, "body") + "x")
		exec(first, `UPDATE article_texts SET body = $1`, body)
		before := exportAll(t, first)
		exec(second, `TRUNCATE accounts, models, technicians, supplies, postal_codes, country_settings, articles, people CASCADE`)
		for _, kind := range transfer.Kinds() {
			sum, rows := importText(t, second, kind, before[kind])
			if sum.Created != sum.Rows {
				rt.Fatalf("%s: %q\n%s", kind, rows, before[kind])
			}
		}
		for kind, text := range exportAll(t, second) {
			if text != before[kind] {
				rt.Fatalf("%s: %q\nthen %q", kind, before[kind], text)
			}
			// And the first database finds nothing new in its own export.
			if sum, rows := importText(t, first, kind, text, true); sum.Unchanged != sum.Rows {
				rt.Fatalf("%s is not unchanged: %q", kind, rows)
			}
		}
	})
}

func exportAll(t testing.TB, db *postgres.DB) map[transfer.Kind]string {
	t.Helper()
	all := make(map[transfer.Kind]string)
	for _, kind := range transfer.Kinds() {
		all[kind] = exportText(t, db, kind)
	}
	return all
}
