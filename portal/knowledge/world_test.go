package knowledge_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/knowledge"
	"utsendt/portal/transfer"
)

var (
	dispatcher = identity.Actor{PersonID: uuid.MustParse("00000000-0000-7000-8000-000000000001"), Role: identity.RoleDispatcher}
	stranger   = identity.Actor{PersonID: uuid.MustParse("00000000-0000-7000-8000-000000000002"), Role: identity.RoleCustomer, AccountID: uuid.New()}
)

// world is a small fleet with two models, and a customer who follows a device of each.
type world struct {
	*knowledge.Service
	db       *postgres.DB
	customer identity.Actor
	devices  map[string]uuid.UUID
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := pgtest.New(t)
	for kind, text := range map[transfer.Kind]string{
		transfer.Models:   "name,colour\nPrøve A,true\nPrøve B,false\n",
		transfer.Accounts: "number,name,country\nK-1,Eksempel AS,NO\n",
	} {
		load(t, db, kind, text)
	}
	load(t, db, transfer.Sites, "account,number,line1,postal_code,city,country\nK-1,01,Eksempelveien 1,0150,Oslo,NO\n")
	load(t, db, transfer.Devices, "serial_number,model,account,site\nA-1,Prøve A,K-1,01\nB-1,Prøve B,K-1,01\nA-2,Prøve A,K-1,01\n")
	load(t, db, transfer.People, "user_id,role,account\nkunde,customer,K-1\n")
	load(t, db, transfer.Registrations, "user_id,serial_number\nkunde,A-1\nkunde,B-1\n")
	w := &world{Service: knowledge.New(db), db: db, devices: make(map[string]uuid.UUID)}
	w.customer = identity.Actor{Role: identity.RoleCustomer, Language: "nb"}
	if err := db.NewRaw(`SELECT id, account_id FROM people WHERE user_id = 'kunde'`).Scan(t.Context(), &w.customer.PersonID, &w.customer.AccountID); err != nil {
		t.Fatal(err)
	}
	for _, serial := range []string{"A-1", "B-1", "A-2"} {
		var id uuid.UUID
		if err := db.NewRaw(`SELECT id FROM devices WHERE serial_number = ?`, serial).Scan(t.Context(), &id); err != nil {
			t.Fatal(err)
		}
		w.devices[serial] = id
	}
	return w
}

func load(t testing.TB, db *postgres.DB, kind transfer.Kind, text string) {
	t.Helper()
	sum, err := transfer.Import(t.Context(), db, kind, strings.NewReader(text), transfer.Options{})
	if err != nil || sum.Refused > 0 {
		t.Fatalf("%s: %+v, %v", kind, sum, err)
	}
}

// write writes an article with texts given as language, title, body.
func (w *world) write(t testing.TB, slug string, topic knowledge.Topic, models []string, texts ...string) knowledge.Edited {
	t.Helper()
	c := knowledge.Content{Slug: slug, Topic: topic, Models: models}
	for i := 0; i < len(texts); i += 3 {
		c.Texts = append(c.Texts, knowledge.Text{Language: texts[i], Title: texts[i+1], Body: texts[i+2]})
	}
	e, err := w.Create(t.Context(), dispatcher, uuid.New(), c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// find gives the slugs that a query finds, with ! after those in the other language.
func (w *world) find(t testing.TB, q knowledge.Query) string {
	t.Helper()
	page, err := w.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	var slugs []string
	for _, h := range page.Hits {
		slug := h.Slug
		if h.OtherLanguage {
			slug += "!"
		}
		slugs = append(slugs, slug)
	}
	return strings.Join(slugs, " ")
}
