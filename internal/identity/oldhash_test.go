package identity

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/bcrypt"

	"utsendt/internal/fault"
)

func bcryptOf(t *testing.T, password, version string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return version + strings.TrimPrefix(string(hash), "$2a$")
}

func pbkdf2Of(t *testing.T, password, form string) string {
	t.Helper()
	salt := []byte("salt of sixteen!")
	key, err := pbkdf2.Key(sha256.New, password, salt, 29000, 32)
	if err != nil {
		t.Fatal(err)
	}
	b := base64.RawStdEncoding
	return fmt.Sprintf("$pbkdf2-sha256$%s$%s$%s", form, b.EncodeToString(salt), b.EncodeToString(key))
}

// TestFromTheOldService: the old credentials open the door to choosing a new password, and to nothing else.
func TestFromTheOldService(t *testing.T) {
	t.Parallel()
	const old = "gammelt" // short and common: no rule of ours was there
	for name, hash := range map[string]string{
		"2a": bcryptOf(t, old, "$2a$"), "2b": bcryptOf(t, old, "$2b$"), "2y": bcryptOf(t, old, "$2y$"),
		"pbkdf2": pbkdf2Of(t, old, "i=29000,l=32"), "pbkdf2 without length": pbkdf2Of(t, old, "i=29000"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ctx := t.Context()
			person, err := w.EnsurePerson(ctx, System(), NewPerson{
				UserID: "Gammel.Kunde", PasswordHash: hash, Role: RoleDispatcher, FirstName: "Prøve", LastName: "Prøvesen",
			})
			if err != nil || !person.MustChangePassword || person.ActivatedAt != nil {
				t.Fatalf("%+v, %v", person, err)
			}
			wantFault(t, w.try(ctx, "gammel.kunde", strings.ToUpper(old), ""), fault.Unauthenticated, "sign_in_failed")
			token, _, _, err := w.SignIn(ctx, "GAMMEL.kunde", old, SessionWeb, "x", "")
			if err != nil {
				t.Fatal(err)
			}
			actor, _, err := w.Authenticate(ctx, token, "")
			if err != nil || !actor.MustChangePassword {
				t.Fatalf("%+v, %v", actor, err)
			}
			// The old hash is no secret of ours to make better: it stays until its owner chose anew.
			if stored, err := ByID(ctx, w.db, person.ID); err != nil || stored.PasswordHash != hash || stored.ActivatedAt != nil {
				t.Errorf("%+v, %v", stored, err)
			}
			wantFault(t, w.ChangePassword(ctx, actor, old, "gammelt123"), fault.Invalid, "password_common")
			if err := w.ChangePassword(ctx, actor, old, goodPassword); err != nil {
				t.Fatal(err)
			}
			stored, err := ByID(ctx, w.db, person.ID)
			if err != nil || !strings.HasPrefix(stored.PasswordHash, "$argon2id$") || stored.ActivatedAt == nil || stored.MustChangePassword {
				t.Errorf("%+v, %v", stored, err)
			}
			wantFault(t, w.try(ctx, "gammel.kunde", old, ""), fault.Unauthenticated, "sign_in_failed")
			if err := w.try(ctx, "gammel.kunde", goodPassword, ""); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOldHashMustBeChanged: the database holds to it too.
func TestOldHashMustBeChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.dispatcher(t, "kjent")
	_, err := w.db.NewRaw("UPDATE people SET password_hash = ? WHERE id = ?", bcryptOf(t, "x", "$2b$"), person.ID).Exec(t.Context())
	if err == nil || !strings.Contains(err.Error(), "people_old_hash") {
		t.Errorf("a hash from elsewhere is as good as one of ours: %v", err)
	}
	_, err = w.CreatePerson(t.Context(), System(), NewPerson{UserID: "x", PasswordHash: "$1$abc", Role: RoleAdmin})
	wantFault(t, err, fault.Invalid, "password_hash_malformed")
	_, err = w.CreatePerson(t.Context(), System(), NewPerson{UserID: "x", PasswordHash: bcryptOf(t, "x", "$2b$"), Password: goodPassword, Role: RoleAdmin})
	wantFault(t, err, fault.Invalid, "password_hash_malformed")
}

func TestActivatedByFirstUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.dispatcher(t, "kjent")
	if person.ActivatedAt != nil {
		t.Error("nobody was there yet")
	}
	w.signIn(t, "kjent", SessionWeb)
	first, err := ByID(t.Context(), w.db, person.ID)
	if err != nil || first.ActivatedAt == nil {
		t.Fatalf("%+v, %v", first, err)
	}
	w.clock.turn(1e9)
	w.signIn(t, "kjent", SessionWeb)
	if again, err := ByID(t.Context(), w.db, person.ID); err != nil || !again.ActivatedAt.Equal(*first.ActivatedAt) {
		t.Errorf("%v, then %v, %v", first.ActivatedAt, again.ActivatedAt, err)
	}
}

func TestValidHash(t *testing.T) {
	t.Parallel()
	argon, err := argon2id.CreateHash("x", &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	good := bcryptOf(t, "x", "$2b$")
	for hash, want := range map[string]bool{
		argon: true, good: true, pbkdf2Of(t, "x", "i=29000,l=32"): true,
		"": false, "x": false, "$1$salt$md5": false, "$argon2id$": false, "$argon2id$v=19$m=8,t=1,p=1$$": false,
		strings.Replace(argon, "m=8,", "m=4000000,", 1): false,
		strings.Replace(argon, "p=1", "p=0", 1):         false,
		good[:len(good)-1]:                              false,
		good + "x":                                      false,
		"$2b$31" + good[6:]:                             false, // would take days
		"$2b$xx" + good[6:]:                             false,
		pbkdf2Of(t, "x", "i=9000000"):                   false,
		pbkdf2Of(t, "x", "i=0"):                         false,
		pbkdf2Of(t, "x", "i=29000,l=16"):                false,
		pbkdf2Of(t, "x", "29000"):                       false,
		"$pbkdf2-sha256$i=1$YQ$YQ":                      false,
		good + strings.Repeat("x", 1000):                false,
	} {
		if ValidHash(hash) != want {
			t.Errorf("%q is valid: %v", hash, !want)
		}
	}
}

// FuzzOldHash: whatever is stored, checking it neither panics nor takes long, and a valid one can be checked.
func FuzzOldHash(f *testing.F) {
	f.Add("$2b$04$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x")
	f.Add("$pbkdf2-sha256$i=1,l=16$YWE$YWFhYWFhYWFhYWFhYWFhYQ", "x")
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$YWFhYWFhYWFhYWFhYWFhYQ", "x")
	h := newHasher(argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}, 1)
	f.Fuzz(func(t *testing.T, hash, password string) {
		if !ValidHash(hash) || len(password) > 1000 {
			return
		}
		if strings.HasPrefix(hash, "$2") && hash[4:6] > "06" || strings.Contains(hash, "i=") && len(hash) > 60 && kindOf(hash) == pbkdf2Hash {
			return // valid, and slow
		}
		if kindOf(hash) == argonHash {
			if p, _, _, err := argon2id.DecodeHash(hash); err != nil || p.Memory > 1024 || p.Iterations > 2 {
				return
			}
		}
		if _, _, err := h.verifyNow(password, hash); err != nil {
			t.Errorf("a valid hash %q cannot be checked: %v", hash, err)
		}
	})
}
