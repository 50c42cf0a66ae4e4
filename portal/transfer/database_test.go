package transfer_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/transfer"
)

func TestPositions(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	const header = "account,number,line1,postal_code,city,country,latitude,longitude,quality\n"
	const short = "account,number,line1,postal_code,city,country\n"
	for _, step := range []struct{ text, outcome, want string }{
		{header + "K-1,09,Vei 1,8001,Bodø,NO,,,\n", "created", "67.29 14.405 postal_code"},
		{header + "K-1,09,Vei 1,8001,Bodø,NO,67.5,14.5,rooftop\n", "updated", "67.5 14.5 rooftop"},
		// A good position is not lost to a file without one ...
		{header + "K-1,09,Vei 1,8001,Bodø,NO,,,\n", "unchanged", "67.5 14.5 rooftop"},
		{short + "K-1,09,Vei 1,N-8001,Bodø,NO\n", "unchanged", "67.5 14.5 rooftop"},
		// ... unless the place is another, or it is asked for.
		{short + "K-1,09,Vei 2,8001,Bodø,NO\n", "updated", "67.29 14.405 postal_code"},
		{header + "K-1,09,Vei 2,8001,Bodø,NO,67.5,14.5,\n", "updated", "67.5 14.5 street"},
		{header + "K-1,09,Vei 2,8001,Bodø,NO,,,postal_code\n", "updated", "67.29 14.405 postal_code"},
		{header + "K-1,09,Vei 2,8001,Bodø,NO,,,none\n", "updated", "- - none"},
		{short + "K-1,09,Vei 2,8001,Bodø,NO\n", "updated", "67.29 14.405 postal_code"},
		{short + "K-1,09,Vei 2,9999,Bodø,NO\n", "updated", "- - none"},
		{short + "K-1,09,Vei 2,9999,Bodø,NO\n", "unchanged", "- - none"},
	} {
		_, rows := importText(t, db, transfer.Sites, step.text)
		expectRows(t, rows, "2 K-1 / 09 "+step.outcome)
		got := one(t, db, `SELECT coalesce(latitude::text, '-') || ' ' || coalesce(longitude::text, '-') || ' ' || quality FROM sites WHERE number = '09'`)
		if got != step.want {
			t.Errorf("after %q: %s, want %s", step.text, got, step.want)
		}
	}
	var remark string
	_, err := transfer.Import(t.Context(), db, transfer.Sites, strings.NewReader(short+"K-1,10,Vei 2,9998,Bodø,NO\n"), transfer.Options{
		OnRow: func(r transfer.RowResult) error { remark = r.Message; return nil },
	})
	if err != nil || !strings.Contains(remark, "9998") {
		t.Errorf("an unknown postal code is not told of: %q, %v", remark, err)
	}
}

func TestDryRunTellsTheSame(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	text := small[transfer.Technicians] + "T-3,Testa,,,,,60,10,,,,,,X=1\nT-4,,,,,,60,10,,,,,,\nT-1,igjen,,,,,60,10,,,,,,\n"
	text = strings.Replace(text, "Prøvar", "Prøvara", 1)
	before := exportText(t, db, transfer.Technicians)
	_, dry := importText(t, db, transfer.Technicians, text, true)
	if exportText(t, db, transfer.Technicians) != before {
		t.Fatal("a dry run changed something")
	}
	_, real := importText(t, db, transfer.Technicians, text)
	expectRows(t, dry, real...)
	expectRows(t, real, "2 T-2 unchanged", "3 T-1 updated", "4 T-3 created", "5 T-4 refused cell_empty(first_name)", "6 T-1 refused row_twice()")
}

// TestTheDatabaseHasTheLastWord refuses what only the database sees, among rows it takes.
func TestTheDatabaseHasTheLastWord(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	_, rows := importText(t, db, transfer.People, "user_id,role,technician\na1,admin,\nb1,technician,T-2\nc1,technician,T-1\nd1,technician,T-1\ne1,admin,\n")
	expectRows(t, rows, "2 a1 created", "3 b1 refused technician_taken(technician)", "4 c1 created",
		"5 d1 refused technician_taken(technician)", "6 e1 created")
	if _, err := db.NewRaw(`ALTER TABLE accounts ADD CONSTRAINT no_fives CHECK (number <> 'K-5')`).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, rows = importText(t, db, transfer.Accounts, "number,name,country\nK-4,x,NO\nK-5,x,NO\nK-6,x,NO\n")
	expectRows(t, rows, "2 K-4 created", "3 K-5 refused constraint_violated()", "4 K-6 created")
}

func TestDisablingEndsSessions(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	for _, user := range []string{"kunde01", "sentral1"} {
		if _, err := db.NewRaw(`INSERT INTO sessions (id, person_id, token_hash, kind, created_at, last_seen_at, expires_at)
			SELECT ?, id, decode(md5(user_id) || md5(user_id), 'hex'), 'web', now(), now(), now() + interval '1 day' FROM people WHERE user_id = ?`,
			uuid.New(), user).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	_, rows := importText(t, db, transfer.People, "user_id,role,account,disabled,first_name\nKUNDE01,customer,K-1,true,\nsentral1,dispatcher,,,Nytt\n")
	expectRows(t, rows, "2 kunde01 updated", "3 sentral1 updated")
	if got := one(t, db, `SELECT string_agg(user_id, ',') FROM sessions s JOIN people p ON p.id = s.person_id WHERE revoked_at IS NULL`); got != "sentral1" {
		t.Errorf("sessions left: %s", got)
	}
}

func TestInactiveTechnicianGoesOffDuty(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	if _, err := db.NewRaw(`UPDATE technicians SET on_duty = true, duty_since = now() WHERE number = 'T-2'`).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	const state = `SELECT on_duty || ' ' || version || ' ' || (SELECT count(*) FROM van_stock v WHERE v.technician_id = t.id) FROM technicians t WHERE number = 'T-2'`
	const header = "number,first_name,home_latitude,home_longitude,active\n"
	_, rows := importText(t, db, transfer.Technicians, header+"T-2,Testa,59.9139,10.7523,\n")
	expectRows(t, rows, "2 T-2 updated")
	if got := one(t, db, state); got != "true 2 2" {
		t.Errorf("moved: %s", got)
	}
	importText(t, db, transfer.Technicians, header+"T-2,Testa,59.9139,10.7523,nei\n")
	if got := one(t, db, state); got != "false 3 2" {
		t.Errorf("inactive: %s", got)
	}
}

// TestImportsAtOnce has four servers take the same file: each row is created once, and they say so.
func TestImportsAtOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	text := manyDevices(2_000)
	var wg sync.WaitGroup
	sums, errs := make([]transfer.Summary, 4), make([]error, 4)
	for i := range sums {
		wg.Go(func() {
			sums[i], errs[i] = transfer.Import(t.Context(), db, transfer.Devices, strings.NewReader(text), transfer.Options{})
		})
	}
	wg.Wait()
	created, unchanged := 0, 0
	for i, sum := range sums {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		created += sum.Created
		unchanged += sum.Unchanged
	}
	if created != 2_000 || unchanged != 6_000 {
		t.Errorf("created %d, unchanged %d: %+v", created, unchanged, sums)
	}
}

func TestCancelledImport(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sum, err := transfer.Import(ctx, db, transfer.Devices, strings.NewReader(manyDevices(2_000)), transfer.Options{
		OnRow: func(r transfer.RowResult) error {
			if r.Row == 600 {
				cancel()
			}
			return nil
		},
	})
	if err == nil || sum.Created != 1_000 {
		t.Errorf("%+v, %v", sum, err)
	}
	if got := one(t, db, `SELECT count(*)::text FROM devices WHERE serial_number LIKE 'MANY-%'`); got != "1000" {
		t.Errorf("stored %s", got)
	}
}

func TestGeoNames(t *testing.T) {
	t.Parallel()
	path := testdata(t, "postal", "NO.txt")
	first, second := pgtest.New(t), pgtest.New(t)
	run := func(db *postgres.DB, path string) transfer.Summary {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		sum, err := transfer.Import(t.Context(), db, transfer.PostalCodes, file, transfer.Options{
			OnRow: func(r transfer.RowResult) error {
				if r.Outcome == transfer.Refused {
					t.Errorf("refused: %+v", r)
				}
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	if sum := run(first, path); sum.Created != 5_132 || sum.Rows != 5_132 {
		t.Errorf("first: %+v", sum)
	}
	if sum := run(first, path); sum.Unchanged != 5_132 || sum.Rows != 5_132 {
		t.Errorf("second: %+v", sum)
	}
	exported := exportText(t, first, transfer.PostalCodes)
	if sum, _ := importText(t, second, transfer.PostalCodes, exported); sum.Created != 5_132 {
		t.Errorf("its export: %+v", sum)
	}
	if exportText(t, second, transfer.PostalCodes) != exported {
		t.Error("the export of the export differs")
	}
	for country, rows := range map[string]int{"SE": 18_815, "DK": 1_159, "FI": 3_576, "IS": 147} {
		if sum := run(first, testdata(t, "postal", country+".txt")); sum.Created != rows || sum.Rows != rows {
			t.Errorf("%s: %+v", country, sum)
		}
	}
}
