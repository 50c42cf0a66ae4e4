package dispatch_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/identity"
)

func withContact(n *dispatch.NewRequest) { n.Contact = dispatch.Contact{Name: "Kari Eksempel"} }

// TestWhoSeesContactsIsNoted: each list and each request once, a stream once however long it lasts; the server itself and
// requests without a contact not at all.
func TestWhoSeesContactsIsNoted(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t, onlySignals)
	ctx := t.Context()
	r := w.Open(t, withContact)
	w.Open(t, func(n *dispatch.NewRequest) { n.Contact = dispatch.Contact{} })
	noted := func(action string) (n int) {
		if err := w.DB.NewRaw(`SELECT count(*) FROM personal_data_reads WHERE action = ? AND actor_id = ? AND object_ids = ARRAY[?]::uuid[]`,
			action, w.Dispatcher.PersonID, r.ID).Scan(ctx, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, actor := range []identity.Actor{w.Dispatcher, identity.System()} {
		if _, err := w.Service.List(ctx, actor, dispatch.Filter{}, dispatch.Page{Size: 10}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Service.Get(ctx, actor, r.Number); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Service.List(ctx, w.Dispatcher, dispatch.Filter{Query: "nothing like it"}, dispatch.Page{Size: 10}); err != nil {
		t.Fatal(err)
	}
	board := follow(t, func(ctx context.Context, send func(dispatch.BoardChange) error) error {
		return w.Service.FollowBoard(ctx, w.Dispatcher, send)
	})
	board.until("the snapshot", func(c dispatch.BoardChange) bool { return c.Complete != nil })
	must(w.Service.AddNote(ctx, w.Dispatcher, dispatchtest.Op(), r.ID, "note"))(t)
	board.until("the change", func(c dispatch.BoardChange) bool { return shows(c, r.ID, 2) })
	board.stop()
	for action, want := range map[string]int{"request.list": 1, "request.get": 1, "board.watch": 1} {
		if got := noted(action); got != want {
			t.Errorf("%s: noted %d times, want %d", action, got, want)
		}
	}
	var all int
	if err := w.DB.NewRaw(`SELECT count(*) FROM personal_data_reads`).Scan(ctx, &all); err != nil || all != 3 {
		t.Errorf("%d notes in all, %v", all, err)
	}
}

// BenchmarkQueueNoted reads a page of fifty out of a queue of two thousand, turn about: for the server itself, which is not
// noted; for a dispatcher who looks at it all the time, which is noted once a minute; and for one who comes anew each time.
func BenchmarkQueueNoted(b *testing.B) {
	w := dispatchtest.New(b)
	ctx := b.Context()
	for range 2000 {
		w.Open(b, withContact)
	}
	if _, err := w.DB.ExecContext(ctx, "ANALYZE service_requests"); err != nil {
		b.Fatal(err)
	}
	var took [3]time.Duration
	for b.Loop() {
		for i, actor := range []identity.Actor{identity.System(), w.Dispatcher, {PersonID: uuid.New(), Role: identity.RoleDispatcher}} {
			begin := time.Now()
			if _, err := w.Service.List(ctx, actor, dispatch.Filter{}, dispatch.Page{Size: 50}); err != nil {
				b.Fatal(err)
			}
			took[i] += time.Since(begin)
		}
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "x-again")
	b.ReportMetric(float64(took[2])/float64(took[0]), "x-first-look")
	b.ReportMetric(float64(took[0].Microseconds())/float64(b.N), "µs/unnoted")
}
