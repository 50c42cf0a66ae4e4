package identity

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"utsendt/internal/fault"
)

func bunIdent(name string) bun.Ident { return bun.Ident(name) }

// account and technician make the rows that people belong to.
func (w *world) account(t *testing.T) uuid.UUID {
	t.Helper()
	id, now := uuid.New(), w.db.Now()
	if _, err := w.db.NewRaw(`INSERT INTO accounts (id, number, name, country, created_at, updated_at)
		VALUES (?, ?, 'Demo Company', 'NO', ?, ?)`, id, id.String(), now, now).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *world) technician(t *testing.T) uuid.UUID {
	t.Helper()
	id, now := uuid.New(), w.db.Now()
	if _, err := w.db.NewRaw(`INSERT INTO technicians (id, number, first_name, last_name, home_latitude, home_longitude, created_at, updated_at)
		VALUES (?, 'T-1', 'Demo', 'Technician', 60, 10, ?, ?)`, id, now, now).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestDisableEndsSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	person := w.dispatcher(t, "known")
	token, session := w.signIn(t, "known", SessionDevice)
	for range 2 {
		if err := w.Disable(ctx, System(), person.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.mustBeOut(t, token)
	_, err := w.Recheck(ctx, session.ID)
	wantFault(t, err, fault.Unauthenticated, "session_over")
	wantFault(t, w.try(ctx, "known", goodPassword, ""), fault.Unauthenticated, "sign_in_failed")
	wantFault(t, w.Disable(ctx, System(), uuid.New()), fault.NotFound, "person_not_found")
	if got := w.audits(t, person.ID); !slices.Equal(got, []string{"person.create", "person.disable"}) {
		t.Errorf("audit trail: %v", got)
	}
	var line struct {
		Before, After json.RawMessage
		Role          string
		Nobody        bool
	}
	if err := w.db.NewRaw(`SELECT before, after, actor_role AS role, actor_id IS NULL AS nobody FROM audit_trail
		WHERE action = 'person.disable'`).Scan(ctx, &line); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(line.Before), `"disabled": false`) || !strings.Contains(string(line.After), `"disabled": true`) ||
		line.Role != "system" || !line.Nobody || strings.Contains(string(line.After), "argon2") {
		t.Errorf("audit line: %s %s %s", line.Before, line.After, line.Role)
	}
}

func TestCreatePersonNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	account, technician := w.account(t), w.technician(t)
	for name, c := range map[string]struct {
		n      NewPerson
		kind   fault.Kind
		reason string
	}{
		"no user ID":         {NewPerson{Role: RoleAdmin}, fault.Invalid, "user_id_malformed"},
		"white space":        {NewPerson{UserID: "a b", Role: RoleAdmin}, fault.Invalid, "user_id_malformed"},
		"control character":  {NewPerson{UserID: "a\u200bb", Role: RoleAdmin}, fault.Invalid, "user_id_malformed"},
		"system":             {NewPerson{UserID: "a", Role: RoleSystem}, fault.Invalid, "role_unknown"},
		"no account":         {NewPerson{UserID: "a", Role: RoleCustomer}, fault.Invalid, "account_mismatch"},
		"account for others": {NewPerson{UserID: "a", Role: RoleAdmin, AccountID: account}, fault.Invalid, "account_mismatch"},
		"no technician":      {NewPerson{UserID: "a", Role: RoleTechnician}, fault.Invalid, "technician_mismatch"},
		"language":           {NewPerson{UserID: "a", Role: RoleAdmin, Language: "de"}, fault.Invalid, "language_unknown"},
		"weak":               {NewPerson{UserID: "a", Role: RoleAdmin, Password: "password12"}, fault.Invalid, "password_common"},
		"account unknown":    {NewPerson{UserID: "a", Role: RoleCustomer, AccountID: uuid.New()}, fault.Invalid, "account_unknown"},
		"technician unknown": {NewPerson{UserID: "a", Role: RoleTechnician, TechnicianID: uuid.New()}, fault.Invalid, "technician_unknown"},
	} {
		_, err := w.CreatePerson(ctx, System(), c.n)
		if e := fault.From(err); e == nil || e.Kind != c.kind || e.Reason != c.reason || e.Field == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	tech := NewPerson{UserID: "Tech", Role: RoleTechnician, TechnicianID: technician}
	if _, err := w.CreatePerson(ctx, System(), tech); err != nil {
		t.Fatal(err)
	}
	_, err := w.CreatePerson(ctx, System(), tech)
	wantFault(t, err, fault.Exists, "user_id_taken")
	tech.UserID = "tech2"
	_, err = w.CreatePerson(ctx, System(), tech)
	wantFault(t, err, fault.Exists, "technician_taken")
}

func TestEnsurePersonIsRepeatable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	account := w.account(t)
	n := NewPerson{
		ID: uuid.New(), UserID: "Demo.Customer", Password: "demo", Role: RoleCustomer, AccountID: account, FirstName: "Demo",
	}
	var group errgroup.Group
	for range 4 { // at once as well
		group.Go(func() error {
			_, err := w.EnsurePerson(ctx, System(), n)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	token, _, first, err := w.SignIn(ctx, "demo.customer", "demo", SessionWeb, "", "")
	if err != nil {
		t.Fatal(err)
	}
	hashes := w.hasher.runs.Load()
	n.Password = "another"
	again, err := w.EnsurePerson(ctx, System(), n)
	if err != nil || again.ID != n.ID || !again.UpdatedAt.Equal(first.UpdatedAt) || w.hasher.runs.Load() != hashes {
		t.Errorf("a repeat changed something: %+v, %v", again, err)
	}
	w.mustBeIn(t, token)
	n.LastName = "Renamed"
	if again, err = w.EnsurePerson(ctx, System(), n); err != nil || again.LastName != "Renamed" {
		t.Errorf("%+v, %v", again, err)
	}
	w.mustBeIn(t, token)
	n.Role, n.AccountID = RoleDispatcher, uuid.Nil
	if again, err = w.EnsurePerson(ctx, System(), n); err != nil || again.Role != RoleDispatcher {
		t.Errorf("%+v, %v", again, err)
	}
	w.mustBeOut(t, token)
	if got := w.audits(t, n.ID); !slices.Equal(got, []string{"person.create", "person.update", "person.update"}) {
		t.Errorf("audit trail: %v", got)
	}
}

func TestLookups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	account, technician := w.account(t), w.technician(t)
	make := func(n NewPerson) Person {
		p, err := w.CreatePerson(ctx, System(), n)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	a := make(NewPerson{UserID: "a", Role: RoleCustomer, AccountID: account})
	b := make(NewPerson{UserID: "b", Role: RoleCustomer, AccountID: account})
	gone := make(NewPerson{UserID: "c", Role: RoleCustomer, AccountID: account})
	tech := make(NewPerson{UserID: "t", Role: RoleTechnician, TechnicianID: technician})
	if err := w.Disable(ctx, System(), gone.ID); err != nil {
		t.Fatal(err)
	}
	people, err := OfAccount(ctx, w.db, account)
	if err != nil || len(people) != 2 || people[0].ID != a.ID || people[1].ID != b.ID {
		t.Errorf("of the account: %+v, %v", people, err)
	}
	if people, err = OfRole(ctx, w.db, RoleTechnician, RoleAdmin); err != nil || len(people) != 1 || people[0].ID != tech.ID {
		t.Errorf("of the role: %+v, %v", people, err)
	}
	if people, err = OfRole(ctx, w.db); err != nil || len(people) != 0 {
		t.Errorf("of no role: %+v, %v", people, err)
	}
	if p, err := OfTechnician(ctx, w.db, technician); err != nil || p.ID != tech.ID {
		t.Errorf("of the technician: %+v, %v", p, err)
	}
	if p, err := ByID(ctx, w.db, gone.ID); err != nil || p.DisabledAt == nil {
		t.Errorf("by id: %+v, %v", p, err)
	}
	if p, err := ByUserID(ctx, w.db, "T"); err != nil || p.ID != tech.ID {
		t.Errorf("by user ID: %+v, %v", p, err)
	}
	_, err = ByID(ctx, w.db, uuid.New())
	wantFault(t, err, fault.NotFound, "person_not_found")
	profile, err := w.Profile(ctx, a.ID)
	if err != nil || profile.AccountName != "Demo Company" || profile.TechnicianNumber != "" || profile.UserID != "a" {
		t.Errorf("profile: %+v, %v", profile, err)
	}
	if profile, err = w.Profile(ctx, tech.ID); err != nil || profile.TechnicianNumber != "T-1" || profile.AccountName != "" {
		t.Errorf("profile: %+v, %v", profile, err)
	}
	if err := w.SetLanguage(ctx, a.ID, "en"); err != nil {
		t.Error(err)
	}
	wantFault(t, w.SetLanguage(ctx, a.ID, "xx"), fault.Invalid, "language_unknown")
	wantFault(t, w.SetLanguage(ctx, uuid.New(), "en"), fault.NotFound, "person_not_found")
}

func TestNormalizeUserIDIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := NormalizeUserID(rapid.String().Draw(t, "user ID"))
		if twice := NormalizeUserID(once); twice != once {
			t.Fatalf("%q becomes %q", once, twice)
		}
	})
}

func TestActor(t *testing.T) {
	t.Parallel()
	if _, ok := ActorFrom(t.Context()); ok {
		t.Error("an empty context has an actor")
	}
	got, ok := ActorFrom(WithActor(t.Context(), System()))
	if !ok || got != System() || !got.Is(RoleAdmin, RoleSystem) || got.Is(RoleAdmin) || got.Is() || (Actor{}).Is(RoleCustomer) {
		t.Errorf("got %+v, %v", got, ok)
	}
}

func FuzzHashToken(f *testing.F) {
	token, _ := newToken()
	f.Add(token)
	f.Add("uts_")
	f.Fuzz(func(t *testing.T, text string) {
		if hash, ok := hashToken(text); ok != (hash != nil) || ok && (len(text) != len(token) || len(hash) != 32) {
			t.Errorf("%q: %v, %d bytes", text, ok, len(hash))
		}
	})
}
