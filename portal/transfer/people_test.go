package transfer_test

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/transfer"
)

const peopleHeader = "user_id,role,account,password_hash\n"

func bcryptOf(t *testing.T, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(hash)
}

// TestOldPasswordsComeAlong: who never had a password here comes in with the old one and must choose another; a file takes
// nobody's password away, and no export gives one.
func TestOldPasswordsComeAlong(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importSmall(t, db)
	ctx, people := t.Context(), identity.New(db, identity.Config{CheapHashes: true})
	salt := []byte("salt of sixteen!")
	key, err := pbkdf2.Key(sha256.New, "gammelt-2", salt, 1000, 32)
	if err != nil {
		t.Fatal(err)
	}
	b := base64.RawStdEncoding
	hashes := map[string]string{
		"sentral1": bcryptOf(t, "gammelt-1"), // is there already
		"ny":       fmt.Sprintf(`"$pbkdf2-sha256$i=1000,l=32$%s$%s"`, b.EncodeToString(salt), b.EncodeToString(key)),
	}
	text := peopleHeader + "sentral1,dispatcher,," + hashes["sentral1"] + "\nny,customer,K-1," + hashes["ny"] + "\n"
	_, rows := importText(t, db, transfer.People, text, true)
	expectRows(t, rows, "2 sentral1 updated", "3 ny created")
	_, rows = importText(t, db, transfer.People, text)
	expectRows(t, rows, "2 sentral1 updated", "3 ny created")
	before := exportText(t, db, transfer.People)
	if strings.Contains(before, "$") {
		t.Errorf("a hash went out:\n%s", before)
	}
	_, rows = importText(t, db, transfer.People, text)
	expectRows(t, rows, "2 sentral1 unchanged", "3 ny unchanged")
	importText(t, db, transfer.People, before)
	if got := exportText(t, db, transfer.People); got != before {
		t.Errorf("exported\n%s\nthen\n%s", before, got)
	}
	for user, password := range map[string]string{"sentral1": "gammelt-1", "ny": "gammelt-2"} {
		if _, _, person, err := people.SignIn(ctx, user, password, identity.SessionWeb, "x", ""); err != nil || !person.MustChangePassword {
			t.Errorf("%s: %v", user, err)
		}
	}

	// Who was in, has a password, or had theirs taken away by staff keeps what they have, and is told of.
	others := peopleHeader + "sentral1,dispatcher,," + bcryptOf(t, "et annet") + "\nny,customer,K-1," + bcryptOf(t, "et annet") + "\n"
	ny, err := identity.ByUserID(ctx, db, "ny")
	if err != nil {
		t.Fatal(err)
	}
	if err := people.SetPassword(ctx, identity.System(), ny.ID, "fire lange ord om skrivere", false); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(ctx, `UPDATE people SET activated_at = now(), password_hash = NULL WHERE user_id = 'sentral1'`); err != nil {
		t.Fatal(err)
	}
	const stored = `SELECT string_agg(concat(user_id, password_hash, must_change_password), ' ' ORDER BY user_id) FROM people`
	was := one(t, db, stored)
	var told []string
	if _, err := transfer.Import(ctx, db, transfer.People, strings.NewReader(others), transfer.Options{OnRow: func(r transfer.RowResult) error {
		told = append(told, fmt.Sprint(r.Outcome, strings.HasSuffix(r.Message, "was not taken.")))
		return nil
	}}); err != nil {
		t.Fatal(err)
	}
	expectRows(t, told, "unchangedtrue", "unchangedtrue")
	if now := one(t, db, stored); now != was {
		t.Errorf("%s\nwas %s", now, was)
	}
}

// TestBadHashes: each is refused by its row, and its message does not repeat it.
func TestBadHashes(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, hash := range []string{
		"hemmelig", "$1$salt$" + strings.Repeat("a", 22), "$2b$31$" + strings.Repeat("a", 53), "$2b$10$kort", strings.Repeat("$2b$10$x", 100),
		`"$pbkdf2-sha256$i=99999999$c2FsdA$` + strings.Repeat("A", 43) + `"`, bcryptOf(t, "x") + "'); --",
	} {
		_, err := transfer.Import(t.Context(), db, transfer.People, strings.NewReader(peopleHeader+"a,admin,,"+hash+"\nb,admin,,\n"),
			transfer.Options{DryRun: true, OnRow: func(r transfer.RowResult) error {
				bad := r.Key == "a"
				if bad && (r.Reason != "password_hash_malformed" || r.Field != "password_hash" || strings.Contains(r.Message, hash)) || !bad && r.Outcome != transfer.Created {
					t.Errorf("%s: %+v", hash, r)
				}
				return nil
			}})
		if err != nil {
			t.Errorf("%s: %v", hash, err)
		}
	}
}

// TestAHashLosesToAPassword: whichever comes first, the password that is set meanwhile is the one that counts.
func TestAHashLosesToAPassword(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	people := identity.New(db, identity.Config{CheapHashes: true})
	hash := bcryptOf(t, "gammelt")
	for n := range 10 {
		user := fmt.Sprintf("a%d", n)
		person, err := people.CreatePerson(t.Context(), identity.System(), identity.NewPerson{UserID: user, Role: identity.RoleDispatcher})
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		group.Go(func() {
			err := error(nil)
			for again := true; again; again = fault.KindOf(err) == fault.Stale { // the import came between
				err = people.SetPassword(t.Context(), identity.System(), person.ID, "fire lange ord om skrivere", false)
			}
			if err != nil {
				t.Error(err)
			}
		})
		group.Go(func() { importText(t, db, transfer.People, peopleHeader+user+",dispatcher,,"+hash+"\n") })
		group.Wait()
		if _, _, _, err := people.SignIn(t.Context(), user, "gammelt", identity.SessionWeb, "x", ""); fault.ReasonOf(err) != "sign_in_failed" {
			t.Errorf("the old password of %s: %v", user, err)
		}
	}
}

// TestTheLastAdminStays: the row that would end the last one is refused, and stops no other.
func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importText(t, db, transfer.People, "user_id,role,technician,disabled\na1,admin,,\na2,admin,,\ns1,dispatcher,,\n")
	const header = "user_id,role,technician,disabled,first_name\n"
	for _, c := range []struct {
		text string
		want []string
	}{
		{"a1,dispatcher,,,\na2,admin,,yes,\ns1,dispatcher,,,Ny\n", []string{"2 a1 updated", "3 a2 refused last_admin(role)", "4 s1 updated"}},
		{"a2,dispatcher,,,\nx1,technician,T-9,,\n", []string{"2 a2 refused last_admin(role)", "3 x1 refused technician_unknown(technician)"}},
		// Who becomes one is written first, also where rows are refused.
		{"a2,dispatcher,,,\ns1,admin,,,Ny\nn1,dispatcher,,,never\n", []string{"2 a2 updated", "3 s1 updated", "4 n1 refused constraint_violated()"}},
	} {
		if _, err := db.ExecContext(t.Context(), `ALTER TABLE people DROP CONSTRAINT IF EXISTS nobody_is_never, ADD CONSTRAINT nobody_is_never CHECK (first_name <> 'never')`); err != nil {
			t.Fatal(err)
		}
		for _, dry := range [][]bool{{true}, nil} {
			_, rows := importText(t, db, transfer.People, header+c.text, dry...)
			expectRows(t, rows, c.want...)
		}
		if n := admins(t, db); n != "1" {
			t.Errorf("%s admins after %q", n, c.text)
		}
	}
}

func admins(t *testing.T, db *postgres.DB) string {
	t.Helper()
	return one(t, db, `SELECT count(*)::text FROM people WHERE role = 'admin' AND disabled_at IS NULL`)
}
