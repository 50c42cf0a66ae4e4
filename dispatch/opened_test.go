package dispatch_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/notify"
)

// TestOfficeHearsOfNewRequests: staff are told of what customers open, those of one minute under one topic, and the last counts them
// all, however many come at once.
func TestOfficeHearsOfNewRequests(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	n := w.Request(t)
	op := dispatchtest.Op()
	first := must(w.Service.Open(ctx, w.Customer, op, n, n))(t)
	must(w.Service.Open(ctx, w.Customer, op, n, n))(t) // the same again
	n = w.Request(t)
	must(w.Service.Open(ctx, w.Dispatcher, dispatchtest.Op(), n, n))(t) // the office knows what it opens itself
	told := w.Told.Of(notify.RequestOpened)
	if len(told) != 1 || !told[0].To.Staff || told[0].URL != "/board/?request="+first.ID.String() || told[0].Numbers["count"] != 1 ||
		told[0].Params["number"] != first.Number || told[0].Params["text"] != first.Description {
		t.Fatalf("told: %+v", told)
	}
	const atOnce = 8
	var all sync.WaitGroup
	for range atOnce {
		all.Go(func() {
			n := w.Request(t)
			must(w.Service.Open(ctx, w.Customer, dispatchtest.Op(), n, n))(t)
		})
	}
	all.Wait()
	counts := map[int64]bool{}
	topics := map[uuid.UUID]bool{}
	for _, m := range w.Told.Of(notify.RequestOpened) {
		counts[m.Numbers["count"]] = true
		topics[m.SubjectID] = true
	}
	if len(counts) != 1+atOnce || !counts[1+atOnce] || len(topics) != 1 {
		t.Errorf("within a minute: counts %v, topics %v", counts, topics)
	}
	w.Clock.Set(w.Clock.Now().Add(time.Minute))
	w.Open(t)
	told = w.Told.Of(notify.RequestOpened)
	if last := told[len(told)-1]; last.Numbers["count"] != 1 || topics[last.SubjectID] {
		t.Errorf("a minute later: %+v", last)
	}
}
