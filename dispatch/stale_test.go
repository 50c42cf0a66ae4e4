package dispatch_test

import (
	"sync"
	"testing"
	"time"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// Two dispatchers give one request to different technicians at once: one does, the other is told who was first and what
// they did.
func TestSecondIsToldWhoWasFirst(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	for range 5 {
		r := w.Open(t)
		dispatchers := [2]identity.Actor{w.Dispatcher, w.Dispatcher}
		dispatchers[0].FirstName, dispatchers[1].FirstName = "Ina", "Odd"
		technicians := [2]dispatchtest.Technician{w.Technician(t), w.Technician(t)}
		var errs [2]error
		var wg sync.WaitGroup
		for i, actor := range dispatchers {
			wg.Go(func() {
				_, errs[i] = w.Service.Assign(t.Context(), actor, dispatchtest.Op(),
					dispatch.Assignment{Request: r.ID, Technician: technicians[i].ID, Version: r.Version})
			})
		}
		wg.Wait()
		winner, loser := 0, 1
		if errs[0] != nil {
			winner, loser = 1, 0
		}
		if errs[winner] != nil {
			t.Fatalf("neither was first: %v", errs)
		}
		wantReason(t, errs[loser], "version_stale")
		params := fault.From(errs[loser]).Params
		if params["by"] != dispatchers[winner].Name() || params["did"] != "assigned" || params["by_role"] != "dispatcher" || params["technician"] == "" {
			t.Errorf("the second is told %v; first was %s", params, dispatchers[winner].Name())
		}
		if _, err := time.Parse(time.RFC3339, params["at"]); err != nil {
			t.Errorf("at: %v", err)
		}
	}
	dispatchtest.CheckInvariants(t, w.DB)
}
