package main

import (
	"strings"
	"testing"

	"utsendt/internal/identity"
	"utsendt/internal/postgres/pgtest"
)

func TestMigratePeople(t *testing.T) {
	t.Parallel()
	people := identity.New(pgtest.New(t), identity.Config{CheapHashes: true})
	for _, userID := range []string{"anna", "berit", "carl"} {
		if _, err := people.CreatePerson(t.Context(), identity.System(), identity.NewPerson{UserID: userID, Role: identity.RoleAdmin}); err != nil {
			t.Fatal(err)
		}
	}
	// "gammelt", by bcrypt of the least cost.
	const hash = "$2b$04$abcdefghijklmnopqrstuuR3mQ1E3N0tq9OQb1KZ5nQZc5o2Q8N2q"
	var out strings.Builder
	err := migratePeople(t.Context(), people, strings.NewReader("anna "+hash+"\n\nBERIT;\""+hash+"\"\nnobody "+hash+"\ncarl $1$md5\nalone\n"), &out)
	if err == nil || err.Error() != "3 lines were not taken" {
		t.Errorf("%v", err)
	}
	for _, want := range []string{"line 4: ", "line 5: ", "line 6: ", "2 people can come in"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not said in %s", want, out.String())
		}
	}
	if strings.Contains(out.String(), hash) {
		t.Error("a hash is repeated")
	}
}
