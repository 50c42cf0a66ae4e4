package knowledge_test

import (
	"testing"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/portal/knowledge"
)

// TestWithdrawn: what is withdrawn is nowhere for customers and technicians, at once, and staff keep it and give it back.
func TestWithdrawn(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	general := w.write(t, "jam", knowledge.Fault, nil, "nb", "Papirstopp", "Papirstopp: ta ut papiret.")
	guide := w.write(t, "meter", knowledge.MeterReading, []string{"Prøve A"}, "nb", "Teller", "Les av telleren.")
	device := w.devices["A-1"]
	// shown tells where customers and technicians find the two.
	shown := func() (n int) {
		if _, err := w.Read(ctx, "jam", "nb"); err == nil {
			n++
		}
		if found := w.find(t, knowledge.Query{Text: "papirstopp", Language: "nb"}); found == "jam" {
			n++
		}
		if hits, err := w.Suggest(ctx, w.customer, device, dispatch.PaperJam, "nb"); err != nil || len(hits) > 0 {
			n++
		}
		if hits, err := w.ForJob(ctx, device, dispatch.PaperJam, "nb"); err != nil || len(hits) > 0 {
			n++
		}
		if g, err := w.MeterGuide(ctx, w.customer, device, "nb"); err != nil || g.Article != nil {
			n++
		}
		return n
	}
	if n := shown(); n != 5 {
		t.Fatalf("before, they are shown in %d of 5 places", n)
	}
	operation := uuid.New()
	for range 2 { // the second is the same again
		after, err := w.SetWithdrawn(ctx, dispatcher, operation, general.ID, 1, true)
		if err != nil || after.Version != 2 || after.WithdrawnAt == nil {
			t.Fatalf("withdrawn: %+v, %v", after, err)
		}
	}
	if _, err := w.SetWithdrawn(ctx, dispatcher, uuid.New(), guide.ID, 1, true); err != nil {
		t.Fatal(err)
	}
	if n := shown(); n != 0 {
		t.Errorf("withdrawn, they are shown in %d places", n)
	}
	if e, err := w.Get(ctx, dispatcher, "jam"); err != nil || e.WithdrawnAt == nil || len(e.Texts) != 1 {
		t.Errorf("staff keep %+v, %v", e, err)
	}
	if found := w.find(t, knowledge.Query{Language: "nb", Which: knowledge.Withdrawn}); found != "jam meter" {
		t.Errorf("staff find %q", found)
	}
	// It can be written while nobody reads it, and stays withdrawn.
	c := general.Content
	c.Slug = "jam-2"
	if e, err := w.Update(ctx, dispatcher, uuid.New(), general.ID, 2, c); err != nil || e.WithdrawnAt == nil {
		t.Errorf("written: %+v, %v", e, err)
	}
	if _, err := w.SetWithdrawn(ctx, dispatcher, uuid.New(), general.ID, 2, false); fault.KindOf(err) != fault.Stale {
		t.Errorf("an old version: %v", err)
	}
	if e, err := w.SetWithdrawn(ctx, dispatcher, uuid.New(), general.ID, 3, true); err != nil || e.Version != 3 {
		t.Errorf("withdrawn already: %+v, %v", e, err)
	}
	if e, err := w.SetWithdrawn(ctx, dispatcher, uuid.New(), general.ID, 3, false); err != nil || e.WithdrawnAt != nil || e.Version != 4 {
		t.Errorf("given back: %+v, %v", e, err)
	}
	if _, err := w.Read(ctx, "jam-2", "nb"); err != nil {
		t.Errorf("read again: %v", err)
	}
	if _, err := w.SetWithdrawn(ctx, w.customer, uuid.New(), general.ID, 4, true); fault.ReasonOf(err) != "role_forbidden" {
		t.Errorf("by a customer: %v", err)
	}
	var trail string
	if err := w.db.NewRaw(`SELECT string_agg(concat(action, ' ', jsonb_exists(before, 'withdrawn_at'), '>', jsonb_exists(after, 'withdrawn_at')), ', ' ORDER BY at, id)
		FROM audit_trail WHERE object_id = ?`, general.ID).Scan(ctx, &trail); err != nil {
		t.Fatal(err)
	}
	if trail != "article.create >f, article.withdraw f>t, article.update t>t, article.restore t>f" {
		t.Errorf("trail: %s", trail)
	}
}
