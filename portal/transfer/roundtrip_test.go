package transfer_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"utsendt/internal/fault"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/transfer"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	first, second := pgtest.New(t), pgtest.New(t)
	importSmall(t, first)
	before, after := t.TempDir(), t.TempDir()
	if err := transfer.ExportAll(t.Context(), first, before); err != nil {
		t.Fatal(err)
	}
	for round, want := range []string{"created", "unchanged"} {
		sums, err := transfer.ImportAll(t.Context(), second, before, transfer.Options{})
		if err != nil || len(sums) != len(transfer.Kinds()) {
			t.Fatalf("round %d: %v, %v", round, sums, err)
		}
		for _, sum := range sums {
			if got := map[string]int{"created": sum.Created, "unchanged": sum.Unchanged}[want]; got != sum.Rows || sum.Rows < 2 {
				t.Errorf("round %d: %+v", round, sum)
			}
		}
	}
	if err := transfer.ExportAll(t.Context(), second, after); err != nil {
		t.Fatal(err)
	}
	for _, kind := range transfer.Kinds() {
		a, err := os.ReadFile(filepath.Join(before, kind.FileName()))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(after, kind.FileName()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs:\n%s\n%s", kind, a, b)
		}
		if string(a) != exportText(t, first, kind) {
			t.Errorf("%s: alone and with all others it exports differently", kind)
		}
		// What was imported first, in whatever spelling, is the same still.
		if sum, rows := importText(t, first, kind, small[kind]); sum.Unchanged != sum.Rows {
			t.Errorf("%s again: %q", kind, rows)
		}
	}
	entries, err := os.ReadDir(after)
	if err != nil || len(entries) != len(transfer.Kinds()) {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

// TestExportGolden shows what the odd cells of small become.
func TestExportGolden(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	for kind, want := range map[transfer.Kind]string{
		transfer.Accounts: "number,name,country,language\nK-1,'=SUM(A1),NO,en\nK-10,'+danger,SE,nb\nK-2,\"Eksempel, \"\"to\"\" AS\",NO,nb\n",
		transfer.Sites: "account,number,name,line1,line2,line3,postal_code,city,country,latitude,longitude,quality,time_zone,notes\n" +
			"K-1,01,Hoved,Eksempelveien 1 Bakgården,Oppgang B,,0150,Oslo,NO,59.91,10.75,postal_code,Europe/Oslo,\"Inngang bak.\nNøkkel i resepsjonen.\"\n" +
			"K-1,02,,Eksempelveien 2,,,8001,Bodø,NO,67.2804,14.4049,rooftop,Europe/Oslo,\n" +
			"K-10,01,,Exempelvägen 5,,,111 15,Stockholm,SE,-0.00000001,0,street,Europe/Stockholm,\n" +
			"K-2,01,-,Eksempelveien 3,,,8001,Bodø,NO,67.29,14.405,postal_code,Europe/Oslo,\n" +
			"K-2,02,,Eksempelveien 4,,,9999,Ingensteds,NO,,,none,Europe/Oslo,\n",
		transfer.Models: "name,skills,colour,counters,pages_per_minute,categories\n" +
			"Polar C300,colour-a3|finisher,true,black|colour|scan,30,paper_jam|print_quality|not_printing|error_code|noise|scanning|network|finishing|other\n" +
			"Polar M100,,false,black,60,paper_jam|noise|other\n\"Polar | 5\\ \"\"x\"\"\",,false,black,60,other\n",
		transfer.Contracts: "number,account,starts_on,ends_on,response_hours,resolution_hours,reading_months,supply_kinds\nAV-1,K-1,2026-01-01,2028-12-31,8,24,3,none\nAV-2,K-2,2026-02-01,,,,1,toner|waste_toner\n",
		transfer.Devices: "serial_number,model,account,site,contract,friendly_name,retired\n" +
			"DEMO-1,Polar C300,K-1,01,AV-1,Resepsjonen,false\nDEMO-2,Polar M100,K-1,02,,'=1+1,false\nDEMO-3,Polar M100,K-2,01,AV-2,\"日本 🖨, \"\"3\"\"\",false\nÅ-4,Polar M100,K-10,01,,'@x,true\n",
		transfer.Technicians: "number,first_name,last_name,phone,email,skills,home_latitude,home_longitude,territory,shift_start,shift_end,time_zone,active,van_stock\n" +
			"T-1,Prøvar,,,,,67.28,14.4,,22:00,06:15:30,Europe/Helsinki,false,\n" +
			"T-2,Testa,Tekniker-02,+47 000 00 002,t2@example.com,colour-a3|mono-a4,59.9139,10.7522,0|1,08:30,16:00,Europe/Oslo,true,FUSER=1|ROLLER=4\n",
		transfer.People: "user_id,role,account,technician,first_name,last_name,email,phone,language,disabled,title,mail_off,password_hash\n" +
			"admin,admin,,,,,,,nb,true,,,\nkunde01,customer,K-1,,Demo,Kunde-01,kunde01@example.com,,nb,false,\"Sjef, =1\",orders|readings,\n" +
			"sentral1,dispatcher,,,Demo,Sentral-1,,,en,false,,,\ntekniker02,technician,,T-2,Testa,Tekniker-02,,,nb,false,,,\n",
		transfer.Registrations: "user_id,serial_number,state,friendly_name,backup_email,reminders,requested_at,answer_by,decided_at,decided_by,reason\n" +
			"kunde01,DEMO-1,active,,reserve@example.com,true,2026-01-31T12:30:00.12Z,,,,\n" +
			"kunde01,DEMO-2,refused,\"'=Fargeskriver, \"\"1. etasje\"\"\",,false,2026-01-31T12:30:00Z,2026-02-03T15:00:00Z,2026-02-02T08:00:10.5Z,sentral1,\"'- ikke\ndin  🖨\"\n" +
			"kunde01,DEMO-3,pending,,,true,2026-01-31T12:30:00Z,2026-02-03T15:00:00.000001Z,,,\n",
		transfer.PostalCodes: "NO\t0150\tOslo\t\t\t\t\t\t\t59.91\t10.75\t\nNO\t8001\tBodø\t\t\t\t\t\t\t67.28\t14.405\t\nNO\t8001\tBodø \"øst\"\t\t\t\t\t\t\t67.3\t14.405\t\n",
	} {
		if got := exportText(t, db, kind); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", kind, got, want)
		}
	}
}

func TestZip(t *testing.T) {
	t.Parallel()
	first, second := pgtest.New(t), pgtest.New(t)
	importSmall(t, first)
	zipped := func() []byte {
		var b bytes.Buffer
		if err := transfer.ExportZip(t.Context(), first, &b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	packed := zipped()
	if !bytes.Equal(packed, zipped()) {
		t.Error("the same rows give other bytes")
	}
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := transfer.ImportFS(t.Context(), second, archive, func(transfer.Kind) transfer.Options { return transfer.Options{} })
	if err != nil || len(sums) != len(transfer.Kinds()) {
		t.Fatal(sums, err)
	}
	for _, kind := range transfer.Kinds() {
		if a, b := exportText(t, first, kind), exportText(t, second, kind); a != b {
			t.Errorf("%s:\n%s\n%s", kind, a, b)
		}
	}
}

func TestImportAllOfAnEmptyFolder(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	if _, err := transfer.ImportAll(t.Context(), db, t.TempDir(), transfer.Options{}); fault.ReasonOf(err) != "no_files" {
		t.Errorf("error = %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "accounts.csv"), []byte("name\nx\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := transfer.ImportAll(t.Context(), db, dir, transfer.Options{}); fault.ReasonOf(err) != "columns_missing" || !strings.Contains(err.Error(), "accounts.csv") {
		t.Errorf("error = %v", err)
	}
}

// TestDryRunOfAll finds rows of files before, and leaves nothing.
func TestDryRunOfAll(t *testing.T) {
	t.Parallel()
	full, empty := pgtest.New(t), pgtest.New(t)
	importSmall(t, full)
	dir := t.TempDir()
	if err := transfer.ExportAll(t.Context(), full, dir); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		sums, err := transfer.ImportAll(t.Context(), empty, dir, transfer.Options{DryRun: true})
		if err != nil || len(sums) != len(transfer.Kinds()) {
			t.Fatal(sums, err)
		}
		for _, sum := range sums {
			if sum.Created != sum.Rows || !sum.DryRun {
				t.Errorf("dry run: %+v", sum)
			}
		}
	}
	if n := one(t, empty, `SELECT (SELECT count(*) FROM accounts) + (SELECT count(*) FROM postal_codes) || ''`); n != "0" {
		t.Errorf("a dry run left %s rows", n)
	}
}
