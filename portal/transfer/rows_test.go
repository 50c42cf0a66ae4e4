package transfer_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/charmap"

	"utsendt/internal/fault"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/transfer"
)

func expectRows(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestBadRowsStopNothing(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	_, rows := importText(t, db, transfer.Devices, "serial_number,model,account,site,contract,friendly_name\n"+
		"demo-1,Polar C300,K-1,01,AV-1,Resepsjonen\n"+ // as it is
		"demo-2,Polar C300,K-1,02,AV-1,nytt\n"+ // changed
		"demo-9,Ukjent,K-1,01,,\n"+
		"demo-9,Polar C300,K-1,99,,\n"+
		"demo-9,Polar C300,K-7,01,,\n"+
		"demo-9,Polar C300,K-1,01,AV-2,\n"+ // another account's contract
		"demo-9,Polar C300,K-1,01\n"+
		"demo-9,Polar C300,K-1,01,,a,b\n"+
		",Polar C300,K-1,01,,\n"+
		"demo-9,,K-1,01,,\n"+
		"demo-9,Polar C300,K-1,01,,a\x00b\n"+
		"demo-9,Polar C300,K-1,01,,"+strings.Repeat("å", 201)+"\n"+
		"\"demo-9\"x,Polar C300,K-1,01,,\n"+
		"demo-9,Polar C300,K-1,01,,endelig,,\n"+
		"DEMO-9 ,Polar C300,K-1,01,,endelig\n"+
		"demo-10,Polar C300,K-1,01,,\"cut o")
	expectRows(t, rows,
		"2 DEMO-1 unchanged", "3 DEMO-2 updated",
		"4 DEMO-9 refused model_unknown(model)", "5 DEMO-9 refused site_unknown(site)",
		"6 DEMO-9 refused account_unknown(account)", "7 DEMO-9 refused contract_unknown(contract)",
		"8 DEMO-9 refused row_too_short()", "9 DEMO-9 refused row_too_wide()",
		"10  refused cell_empty(serial_number)", "11 DEMO-9 refused cell_empty(model)",
		"12 DEMO-9 refused control_character(friendly_name)", "13 DEMO-9 refused too_long(friendly_name)",
		"14  refused quote_misplaced()", "15 DEMO-9 created", "16 DEMO-9 refused row_twice()", "17  refused quote_unclosed()")
	if got := one(t, db, `SELECT string_agg(friendly_name, ',' ORDER BY serial_number) FROM devices WHERE serial_number IN ('DEMO-2', 'DEMO-9')`); got != "nytt,endelig" {
		t.Errorf("stored: %s", got)
	}
}

func TestCellsThatAreRefused(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	for kind, c := range map[transfer.Kind]struct{ header, row string }{
		transfer.Accounts:    {"number,name,country,language", "K-9,Ny,NO,nb"},
		transfer.Contracts:   {"number,account,starts_on,ends_on,response_hours,resolution_hours", "AV-9,K-1,2026-01-01,,1,1"},
		transfer.Technicians: {"number,first_name,home_latitude,home_longitude,email,shift_start,shift_end,time_zone,active,van_stock,skills", "T-9,Test,60,10,a@example.com,08:00,16:00,Europe/Oslo,ja,A=1,x"},
		transfer.Models:      {"name,skills,categories,colour", "M-9,,noise,"},
		transfer.People:      {"user_id,role,account,technician,email", "ny,customer,K-1,,"},
		transfer.Sites:       {"account,number,line1,postal_code,city,country,latitude,longitude,quality,time_zone", "K-1,09,Vei 1,8001,Bodø,NO,67,14,street,"},
	} {
		bad := map[transfer.Kind]map[string]string{
			transfer.Accounts: {"K-9,Ny,NOR,nb": "country_unknown(country)", "K-9,Ny,XX,nb": "country_unknown(country)", "K-9,Ny,EU,nb": "country_unknown(country)",
				"K-9,Ny,NO,de": "not_one_of(language)", "K-9,  ,NO,": "cell_empty(name)"},
			transfer.Contracts: {"AV-9,K-1,2026-02-30,,1,1": "not_a_date(starts_on)", "AV-9,K-1,1899-01-01,,1,1": "not_a_date(starts_on)",
				"AV-9,K-1,2026-01-02,2026-01-01,1,1": "contract_ends_before_start(ends_on)", "AV-9,K-1,2026-01-01,,0,1": "out_of_range(response_hours)",
				"AV-9,K-1,2026-01-01,,1,10001": "out_of_range(resolution_hours)", "AV-9,K-1,2026-01-01,,1.5,": "not_a_whole_number(response_hours)",
				"AV-1,K-2,2026-01-01,,8,24": "contract_of_other_account(account)", "AV-9,K-77,2026-01-01,,,": "account_unknown(account)"},
			transfer.Technicians: {"T-9,Test,91,10,,,,,,,": "out_of_range(home_latitude)", "T-9,Test,x,10,,,,,,,": "not_a_number(home_latitude)",
				"T-9,Test,NaN,10,,,,,,,": "not_a_number(home_latitude)", "T-9,Test,60,10,a@,,,,,,": "email_malformed(email)",
				"T-9,Test,60,10,,25:00,,,,,": "not_a_time(shift_start)", "T-9,Test,60,10,,16:00,,,,,": "shift_empty(shift_end)",
				"T-9,Test,60,10,,,,Europe/Nowhere,,,": "time_zone_unknown(time_zone)", "T-9,Test,60,10,,,,../etc,,,": "time_zone_unknown(time_zone)",
				"T-9,Test,60,10,,,,,kanskje,,": "not_yes_or_no(active)", "T-9,Test,60,10,,,,,,A=-1,": "stock_malformed(van_stock)",
				"T-9,Test,60,10,,,,,,A=1|a=2|A=2,": "stock_twice(van_stock)", "T-9,Test,60,10,,,,,,A,": "stock_malformed(van_stock)"},
			transfer.Models: {"M-9,,paper_jam|fire,": "not_one_of(categories)"},
			transfer.People: {"ny kunde,customer,K-1,,": "user_id_blank(user_id)", "ny,customer,,,": "account_and_role(account)", "ny,dispatcher,K-1,,": "account_and_role(account)",
				"ny,technician,,,": "technician_and_role(technician)", "ny,admin,,T-1,": "technician_and_role(technician)", "ny,system,,,": "not_one_of(role)",
				"ny,customer,K-77,,": "account_unknown(account)", "ny,technician,,T-77,": "technician_unknown(technician)", "ny,technician,,T-2,": "technician_taken(technician)"},
			transfer.Sites: {"K-1,09,Vei 1,8001,Bodø,NO,67,,,": "position_half(latitude)", "K-1,09,Vei 1,8001,Bodø,NO,67,14,none,": "position_without_quality(quality)",
				"K-1,09,Vei 1,8001,Bodø,NO,,,rooftop,": "position_missing(latitude)", "K-1,09,Vei 1,8001,Bodø,US,67,14,,": "time_zone_needed(time_zone)",
				"K-77,09,Vei 1,8001,Bodø,NO,67,14,,": "account_unknown(account)"},
		}[kind]
		text, want := c.header+"\n", []string(nil)
		for row, why := range bad {
			text += row + "\n"
			want = append(want, why)
		}
		sum, rows := importText(t, db, kind, text+c.row+"\n")
		if sum.Created != 1 || sum.Refused != len(bad) {
			t.Errorf("%s: %+v", kind, sum)
		}
		for i, why := range want {
			if !strings.HasSuffix(rows[i], " refused "+why) {
				t.Errorf("%s: %s, want %s", kind, rows[i], why)
			}
		}
	}
}

func TestSeparatorsAndEncodings(t *testing.T) {
	t.Parallel()
	const text = "\ufeffAccount;Number;LINE1;Postal Code;city;country;latitude;longitude;merknad\r\n" +
		"K-1;07;\"Blåbærstien 7; 2. etg\";8001;Bodø;NO;67,5;14,25;uviktig\r\n"
	plain := strings.TrimPrefix(text, "\ufeff")
	windows, err := charmap.Windows1252.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ in, encoding, separator string }{
		{text, "UTF-8", ";"}, {plain, "UTF-8", ";"}, {windows, "Windows-1252", ";"},
		{strings.NewReplacer("\t", " ", ";", "\t", "7; 2", "7; 2").Replace(plain), "UTF-8", "\t"},
	} {
		db := pgtest.New(t)
		importSmall(t, db)
		sum, rows := importText(t, db, transfer.Sites, c.in)
		expectRows(t, rows, "2 K-1 / 07 created")
		if sum.Encoding != c.encoding || sum.Separator != c.separator || !slices.Equal(sum.Ignored, []string{"merknad"}) {
			t.Errorf("summary = %+v, want %s %q", sum, c.encoding, c.separator)
		}
		if got := one(t, db, `SELECT city || ' ' || latitude || ' ' || longitude || ' ' || quality FROM sites WHERE number = '07'`); got != "Bodø 67.5 14.25 street" {
			t.Errorf("stored: %s", got)
		}
	}
}

func TestHeadersThatAreRefused(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for text, reason := range map[string]string{
		"": "file_empty", "\n \n": "file_empty", "number,name\nK-1,x\n": "columns_missing", "number,name,country,Name\n": "column_twice",
		"\"number,name,country\n": "header_quote_unclosed", strings.Repeat("x", 100<<10): "header_field_too_long",
		"PK\x03\x04\x00\x00": "columns_missing",
	} {
		_, err := transfer.Import(t.Context(), db, transfer.Accounts, strings.NewReader(text), transfer.Options{})
		if fault.KindOf(err) != fault.Invalid || fault.ReasonOf(err) != reason {
			t.Errorf("%.40q: %v, want %s", text, err, reason)
		}
	}
	if _, err := transfer.Import(t.Context(), db, "nothing", strings.NewReader(""), transfer.Options{}); fault.ReasonOf(err) != "kind_unknown" {
		t.Errorf("unknown kind: %v", err)
	}
	if sum, rows := importText(t, db, transfer.Accounts, "number,name,country"); sum.Rows != 0 {
		t.Errorf("a header alone gives %q", rows)
	}
}

// TestCutFiles cuts a file at each byte: the whole rows before the cut are stored, and nothing else.
func TestCutFiles(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	const header = "number,name,country\n"
	lines := []string{"K-1,\"Eksempel\nen, AS\",NO\n", "K-2,Eksempel to,NO\n", "K-3,\"Eksempel \"\"tre\"\"\",NO\n"}
	whole := strings.Join(lines, "")
	for cut := range len(whole) {
		complete, at := 0, 0
		for _, line := range lines {
			if at += len(line); cut >= at-1 { // the last line end may be missing
				complete++
			}
		}
		sum, rows := importText(t, db, transfer.Accounts, header+whole[:cut], true)
		if sum.Created != complete || sum.Refused > 2 {
			t.Errorf("cut at %d: %q, want %d created", cut, rows, complete)
		}
	}
}

func TestAbsentColumnsKeepWhatIsStored(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	_, rows := importText(t, db, transfer.Devices, "serial_number,model,account,site\ndemo-1,Polar M100,K-1,01\ndemo-2,Polar M100,K-1,02\n")
	expectRows(t, rows, "2 DEMO-1 updated", "3 DEMO-2 unchanged")
	if got := one(t, db, `SELECT friendly_name || (contract_id IS NOT NULL) FROM devices WHERE serial_number = 'DEMO-1'`); got != "Resepsjonentrue" {
		t.Errorf("stored: %s", got)
	}
	_, rows = importText(t, db, transfer.Devices, "serial_number,model,account,site,friendly_name,contract\ndemo-1,Polar M100,K-1,01,,\n")
	expectRows(t, rows, "2 DEMO-1 updated")
	if got := one(t, db, `SELECT friendly_name || (contract_id IS NOT NULL) FROM devices WHERE serial_number = 'DEMO-1'`); got != "false" {
		t.Errorf("stored: %s", got)
	}
}

func TestImportEndsEarly(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	broken := errors.New("broken")
	header := "number,name,country\n"
	var many strings.Builder
	for i := range 700 {
		fmt.Fprintf(&many, "K-%d,Eksempel,NO\n", i)
	}
	sum, err := transfer.Import(t.Context(), db, transfer.Accounts, strings.NewReader(header+many.String()), transfer.Options{
		OnRow: func(transfer.RowResult) error { return broken },
	})
	if !errors.Is(err, broken) || sum.Rows != 1 {
		t.Errorf("OnRow: %+v, %v", sum, err)
	}
	if got := one(t, db, `SELECT count(*)::text FROM accounts`); got != "500" {
		t.Errorf("committed: %s", got)
	}
	if _, err := transfer.Import(t.Context(), db, transfer.Accounts, iotest.ErrReader(broken), transfer.Options{}); !errors.Is(err, broken) {
		t.Errorf("reading: %v", err)
	}
	if sum, rows := importText(t, db, transfer.Accounts, header+many.String()); sum.Unchanged != 500 || sum.Created != 200 {
		t.Errorf("again: %+v %q", sum, rows)
	}
}
