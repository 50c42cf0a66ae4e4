package knowledge_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal/knowledge"
)

func content(slug string) knowledge.Content {
	return knowledge.Content{
		Slug: slug, Topic: knowledge.Fault, Models: []string{"Prøve B", "Prøve A", "Prøve A"},
		Texts: []knowledge.Text{{"en", " Jam ", "a\r\nb  \n"}, {"nb", "Papir\nstopp", "e\u0301"}},
	}
}

func TestEditing(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	operation := uuid.New()
	first, err := w.Create(ctx, dispatcher, operation, content("jam"))
	if err != nil {
		t.Fatal(err)
	}
	if first.Version != 1 || fmt.Sprint(first.Models) != "[Prøve A Prøve B]" || fmt.Sprintf("%q", first.Texts) !=
		fmt.Sprintf("%q", []knowledge.Text{{"nb", "Papir stopp", "é"}, {"en", "Jam", "a\nb"}}) {
		t.Errorf("stored: %+v", first)
	}
	again, err := w.Create(ctx, dispatcher, operation, content("jam"))
	if err != nil || again.ID != first.ID {
		t.Errorf("again: %+v, %v", again, err)
	}
	if _, err := w.Create(ctx, dispatcher, operation, content("other")); fault.ReasonOf(err) != "operation_id_reused" {
		t.Errorf("other content, same operation: %v", err)
	}
	changed := content("jam-2")
	changed.Texts, changed.Models = changed.Texts[:1], nil
	second, err := w.Update(ctx, dispatcher, uuid.New(), first.ID, 1, changed)
	if err != nil || second.Version != 2 || len(second.Texts) != 1 || len(second.Models) != 0 || !second.CreatedAt.Equal(first.CreatedAt) {
		t.Fatalf("updated: %+v, %v", second, err)
	}
	if _, err := w.Update(ctx, dispatcher, uuid.New(), first.ID, 1, changed); fault.KindOf(err) != fault.Stale {
		t.Errorf("an old version: %v", err)
	}
	if err := w.Delete(ctx, dispatcher, uuid.New(), first.ID, 1); fault.KindOf(err) != fault.Stale {
		t.Errorf("deleting an old version: %v", err)
	}
	w.write(t, "taken", knowledge.General, nil, "nb", "x", "y")
	changed.Slug = "taken"
	if _, err := w.Update(ctx, dispatcher, uuid.New(), first.ID, 2, changed); fault.ReasonOf(err) != "slug_taken" {
		t.Errorf("another's slug: %v", err)
	}
	for range 2 {
		if err := w.Delete(ctx, dispatcher, operation2, first.ID, 2); err != nil {
			t.Errorf("deleting: %v", err)
		}
	}
	if _, err := w.Read(ctx, "jam-2", "en"); fault.ReasonOf(err) != "article_not_found" {
		t.Errorf("reading what is deleted: %v", err)
	}
	var trail string
	if err := w.db.NewRaw(`SELECT string_agg(concat(action, ' ', before->>'version', '>', after->>'version', ' ', after->'texts'->0->>'title'), ', ' ORDER BY at, id)
		FROM audit_trail WHERE object_id = ?`, first.ID).Scan(ctx, &trail); err != nil {
		t.Fatal(err)
	}
	if trail != "article.create >1 Papir stopp, article.update 1>2 Jam, article.delete 2> " {
		t.Errorf("trail: %s", trail)
	}
}

var operation2 = uuid.New()

func TestRefusedArticles(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	for reason, spoil := range map[string]func(*knowledge.Content){
		"slug_malformed":  func(c *knowledge.Content) { c.Slug = "Å--" },
		"topic_unknown":   func(c *knowledge.Content) { c.Topic = "x" },
		"model_unknown":   func(c *knowledge.Content) { c.Models = []string{"Finnes ikke\x00\xff"} },
		"languages_wrong": func(c *knowledge.Content) { c.Texts[0].Language = "sv" },
		"language_twice":  func(c *knowledge.Content) { c.Texts[0].Language = "nb" },
		"text_empty":      func(c *knowledge.Content) { c.Texts[0].Title = " \u00a0\n" },
		"text_too_long":   func(c *knowledge.Content) { c.Texts[0].Body = strings.Repeat("æ", 20001) },
	} {
		c := content("x")
		spoil(&c)
		if _, err := w.Create(ctx, dispatcher, uuid.New(), c); fault.ReasonOf(err) != reason {
			t.Errorf("%s: %v", reason, err)
		}
	}
	for _, actor := range []identity.Actor{{}, stranger, {Role: identity.RoleTechnician}} {
		_, create := w.Create(ctx, actor, uuid.New(), content("x"))
		_, update := w.Update(ctx, actor, uuid.New(), uuid.New(), 1, content("x"))
		_, get := w.Get(ctx, actor, "x")
		for _, err := range []error{create, update, get, w.Delete(ctx, actor, uuid.New(), uuid.New(), 1)} {
			if fault.ReasonOf(err) != "role_forbidden" {
				t.Errorf("%s: %v", actor.Role, err)
			}
		}
	}
	var rows int
	if err := w.db.NewRaw(`SELECT (SELECT count(*) FROM articles) + (SELECT count(*) FROM operations)`).Scan(ctx, &rows); err != nil || rows != 0 {
		t.Errorf("%d rows are left, %v", rows, err)
	}
}

// TestTwoAtOnce: of many who create the same slug or change the same version at once, one succeeds.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	race := func(fn func() error, lost string) {
		t.Helper()
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { errs[i] = fn() })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if fault.ReasonOf(err) != lost {
				t.Errorf("lost with %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d won", won)
		}
	}
	race(func() error { _, err := w.Create(ctx, dispatcher, uuid.New(), content("same")); return err }, "slug_taken")
	e, err := w.Get(ctx, dispatcher, "same")
	if err != nil {
		t.Fatal(err)
	}
	race(func() error { _, err := w.Update(ctx, dispatcher, uuid.New(), e.ID, 1, content("same")); return err }, "article_changed")
	a, b := w.write(t, "a", knowledge.General, nil, "nb", "x", "y"), w.write(t, "b", knowledge.General, nil, "nb", "x", "y")
	ids := make(chan uuid.UUID, 8)
	for range 4 {
		ids <- a.ID
		ids <- b.ID
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := w.Update(ctx, dispatcher, uuid.New(), <-ids, 1, content("wanted"))
			if reason := fault.ReasonOf(err); err != nil && reason != "slug_taken" && reason != "article_changed" {
				t.Errorf("lost with %v", err)
			}
		})
	}
	wg.Wait()
}
