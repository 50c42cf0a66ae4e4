package transfer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"utsendt/internal/postgres"
	"utsendt/portal/transfer"
)

// small is a fleet with every kind and with texts that are hard to carry.
var small = map[transfer.Kind]string{
	transfer.PostalCodes: "NO\t0150\tOslo\tOslo\t12\tOslo\t0301\t\t\t59.91\t10.75\t4\n" +
		"NO\t8001\tBodø\tNordland\t09\tBodø\t1804\t\t\t67.28\t14.405\t4\n" +
		"NO\t8001\tBodø \"øst\"\tNordland\t09\tBodø\t1804\t\t\t67.3\t14.405\t\n",
	transfer.Accounts: "number,name,country,language\nK-2,\"Eksempel, \"\"to\"\" AS\",NO,\nK-1,=SUM(A1),no,EN\nK-10,'+danger,SE,nb\n",
	transfer.Sites: "account,number,name,line1,line2,line3,postal_code,city,country,latitude,longitude,quality,time_zone,notes\n" +
		"K-1,01,Hoved,\"Eksempelveien 1\nBakgården\",Oppgang B,,150,Oslo,NO,,,,,\" Inngang bak.\r\nNøkkel i resepsjonen. \"\n" +
		"K-1,02,,Eksempelveien 2,,,8001,Bodø,NO,\"67,2804\",14.4049,rooftop,,\n" +
		"K-2,01,-,Eksempelveien 3,,,8001,Bodø,NO,,,,,\n" +
		"K-2,02,,Eksempelveien 4,,,9999,Ingensteds,NO,,,,,\n" +
		"K-10,01,,Exempelvägen 5,,,11115,Stockholm,SE,-0.00000001,-0,,Europe/Stockholm,\n",
	transfer.Models: "name,skills,colour,counters,pages_per_minute,categories\nPolar C300,finisher | Colour-A3|finisher,ja,scan|Colour|black,30,\nPolar M100,,,,,Noise| paper_jam|noise\n" +
		"\"Polar | 5\\ \"\"x\"\"\",,,,,Other\n",
	transfer.Contracts: "number,account,starts_on,ends_on,response_hours,resolution_hours,reading_months,supply_kinds\n" +
		"AV-1,K-1,2026-01-01,31.12.2028,8,24,3,None\nAV-2,K-2,1.2.2026,,,,,\n",
	transfer.Devices: "serial_number,model,account,site,contract,friendly_name,retired\n" +
		" demo-1 ,Polar C300,K-1,01,AV-1,Resepsjonen,\nDEMO-2,Polar M100,K-1,02,,'=1+1,\ndemo-3,Polar M100,K-2,01,AV-2,\"日本 🖨, \"\"3\"\"\",no\nå-4,Polar M100,K-10,01,,@x,ja\n",
	transfer.Technicians: "number,first_name,last_name,phone,email,skills,home_latitude,home_longitude,territory,shift_start,shift_end,time_zone,active,van_stock\n" +
		"T-2,Testa,Tekniker-02,+47 000 00 002,t2@example.com,mono-a4|colour-a3,59.9139,10.7522,0|1,8.30,16:00,,,ROLLER=4|FUSER = 1\n" +
		"T-1,Prøvar,,,,,67.28,14.4,,22:00,06:15:30,Europe/Helsinki,false,\n",
	transfer.People: "user_id,role,account,technician,first_name,last_name,email,phone,language,disabled,title,mail_off,password_hash\n" +
		"Kunde01,customer,K-1,,Demo,Kunde-01,kunde01@example.com,,,,\"Sjef, =1\",Readings|orders,$2b$10$eksempeleksempeleksempeleksempeleksempeleksempeleksem\nsentral1,dispatcher,,,Demo,Sentral-1,,,en,,,,\n" +
		"tekniker02,technician,,T-2,Testa,Tekniker-02,,,,,,,\nadmin,admin,,,,,,,,yes,,,\n",
	transfer.Registrations: "user_id,serial_number,state,friendly_name,backup_email,reminders,requested_at,answer_by,decided_at,decided_by,reason\n" +
		"KUNDE01,demo-1,,,reserve@example.com,,2026-01-31 13:30:00.120+01:00,,,,\n" +
		"kunde01,DEMO-2,refused,\"=Fargeskriver, \"\"1. etasje\"\"\",,no,2026-01-31T12:30:00Z,2026-02-03T15:00:00Z,2026-02-02T08:00:10.5Z,sentral1,\"- ikke\ndin  🖨\"\n" +
		"kunde01,DEMO-3,pending,,,,2026-01-31T12:30:00Z,2026-02-03T15:00:00.000001Z,,,\n",
	transfer.CountrySettings: "country,bulk_readings\nno,ja\nSE,\n",
	transfer.Readings: "serial_number,taken_at,black,colour,black_a3,colour_a3,scan,source,entered_by,entered_at,reason\n" +
		"demo-1,2026-01-31T12:30:00Z,999999999999,0,,,7,customer,KUNDE01,2026-01-31T12:35:00.25Z,\"=lest\nav\"\n" +
		"DEMO-1,2026-02-28T23:59:59+01:00,1,,,,,,,2026-03-01T00:00:00Z,\nDEMO-2,2026-01-31T12:30:00Z,,,,,4,,,2026-01-31T12:35:00Z,\n",
	transfer.CorrectedReadings: "serial_number,taken_at,black,colour,black_a3,colour_a3,scan,source,entered_by,entered_at,reason,replaced_by_taken_at,replaced_by_entered_at\n" +
		"DEMO-1,2026-01-31T12:30:00Z,2,,,,,customer,kunde01,2026-01-31T12:34:00Z,,2026-01-31T12:30:00Z,2026-01-31T12:35:00.25Z\n" +
		"DEMO-1,2026-01-30T12:30:00Z,1,,,,,,,2026-01-31T12:33:00Z,x,2026-01-31T12:30:00Z,2026-01-31T12:34:00Z\n",
	transfer.Supplies: "number,name_nb,name_en,kind,colour,yield,retired,models\n" +
		"TK-1,=Toner svart,Black toner,toner,black,15000,,\"Polar M100|Polar \\| 5\\\\ \"\"x\"\"|Polar C300\"\nST-1,Stifter 📎,Staples,staples,,,ja,\n",
	transfer.DeliveryAddresses: "serial_number,name,line1,line2,line3,postal_code,city,country\n" +
		"DEMO-1,Mottak,Eksempelveien 1,-bak,,0150,Oslo,NO\nDEMO-3,,Eksempelveien 3,,,8001,Bodø,no\n",
	transfer.SupplyOrders: "number,account,serial_number,model,contract_number,ordered_by,line1,postal_code,city,country,contact_phone,lines,state,placed_at,picked_at,shipped_at,delivered_at,cancelled_at,cancel_reason,carrier,tracking_number\n" +
		`SO-1000017,K-1,DEMO-1,Polar C300,AV-1,kunde01,Eksempelveien 1,0150,Oslo,NO,+47 1,"[{""supply"":""TK-1"",""quantity"":2,""name_en"":""<Old> \"" name""},{""supply"":""ST-1"",""quantity"":100}]",delivered,2026-01-31T12:30:00Z,2026-02-01T08:00:00Z,2026-02-01T09:00:00Z,2026-02-02T09:00:00Z,,,=Post,"A,1"` + "\n" +
		`SO-1000025,K-2,DEMO-3,Polar M100,AV-2,sentral1,x,8001,Bodø,NO,,"[{""supply"":""TK-1"",""quantity"":1}]",cancelled,2026-01-31T12:30:00Z,,,,2026-01-31T12:40:00Z,"to` + "\n" + `linjer",,` + "\n" +
		`SO-1000033,K-1,DEMO-1,Polar C300,AV-1,kunde01,x,0150,Oslo,NO,,"[{""supply"":""TK-1"",""quantity"":1}]",,2026-01-31T12:30:00Z,,,,,,,` + "\n",
	transfer.AddressChanges: "account,site,requested_at,serial_number,requested_by,reason,was_line1,was_line2,was_line3,was_postal_code,was_city,was_country,line1,line2,line3,postal_code,city,country,state,answer_by,decided_at,decided_by,decision_reason\n" +
		"K-1,01,2026-01-31T12:30:00Z,DEMO-1,kunde01,\"=Flyttet\n\nsnart\",a,b,c,0150,Oslo,NO,d,e,f,8001,Bodø,NO,,2026-02-03T15:00:00Z,,,\n" +
		"K-1,01,2026-01-30T12:30:00Z,DEMO-1,kunde01,Flyttet,a,,,0150,Oslo,NO,d,,,8001,Bodø,NO,refused,2026-02-03T15:00:00Z,2026-02-01T15:00:00Z,sentral1,Nei\n",
	transfer.Articles: "slug,topic,models,title_nb,body_nb,title_en,body_en\n" +
		"papirstopp,fault,Polar C300,Papirstopp,\"## Slik\n\n- Åpne 🖨\n\n\n    kode \"\"x\"\"\n\n\n\u202eRTL\",,\n" +
		"jam,general,\"Polar \\| 5\\\\ \"\"x\"\"|Polar M100\",-Åpne,'=x,=Open,\"- a\n- b\"\n",
}

// importText imports a text and gives each row as "row key outcome reason(field)".
func importText(t testing.TB, db *postgres.DB, kind transfer.Kind, text string, dry ...bool) (transfer.Summary, []string) {
	t.Helper()
	var rows []string
	sum, err := transfer.Import(t.Context(), db, kind, strings.NewReader(text), transfer.Options{
		DryRun: len(dry) > 0,
		OnRow: func(r transfer.RowResult) error {
			row := fmt.Sprintf("%d %s %s", r.Row, r.Key, r.Outcome)
			if r.Reason != "" {
				row += fmt.Sprintf(" %s(%s)", r.Reason, r.Field)
			}
			if (r.Outcome == transfer.Refused) != (r.Reason != "") || r.Outcome == transfer.Refused && !strings.HasSuffix(r.Message, ".") {
				t.Errorf("an outcome without its reason or sentence: %+v", r)
			}
			rows = append(rows, row)
			return nil
		},
	})
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	if sum.Rows != len(rows) || sum.Rows != sum.Created+sum.Updated+sum.Unchanged+sum.Refused {
		t.Errorf("the sum is wrong: %+v, %d rows", sum, len(rows))
	}
	return sum, rows
}

// importSmall imports all of small, which must be new.
func importSmall(t testing.TB, db *postgres.DB) {
	t.Helper()
	for _, kind := range transfer.Kinds() {
		sum, rows := importText(t, db, kind, small[kind])
		if sum.Created != sum.Rows || sum.Rows < 2 {
			t.Fatalf("%s: %q", kind, rows)
		}
	}
}

func exportText(t testing.TB, db *postgres.DB, kind transfer.Kind) string {
	t.Helper()
	var b strings.Builder
	if err := transfer.Export(t.Context(), db, kind, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// one reads a single value as text.
func one(t testing.TB, db *postgres.DB, query string, args ...any) string {
	t.Helper()
	var v string
	if err := db.Pool.QueryRow(t.Context(), query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// testdata is a file of the public test data; the test is skipped where it is absent.
func testdata(t testing.TB, parts ...string) string {
	t.Helper()
	dir := os.Getenv("UTSENDT_TESTDATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(append([]string{dir}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the public test data is not here: %v", err)
	}
	return path
}
