package dispatch_test

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/geo"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
)

// fix is one taken so many seconds after the World's start, the given metres north of Oslo.
func fix(seconds, metres float64) geo.Fix {
	return geo.Fix{Point: north(metres), Accuracy: 10, At: dispatchtest.Start.Add(time.Duration(seconds * float64(time.Second)))}
}

// report sends fixes from a phone whose clock is ahead by so much.
func report(t testing.TB, w *dispatchtest.World, tech dispatchtest.Technician, ahead time.Duration, fixes ...geo.Fix) dispatch.Report {
	t.Helper()
	sent := slices.Clone(fixes)
	for i := range sent {
		sent[i].At = sent[i].At.Add(ahead)
	}
	return must(w.Service.ReportPositions(context.Background(), tech.Actor, dispatch.Batch{Fixes: sent, SentAt: w.Clock.Now().Add(ahead)}))(t)
}

// kept is the recorded times in the history, in order, and the live one; nil without.
func kept(t testing.TB, w *dispatchtest.World, tech dispatchtest.Technician) (history []time.Time, live *time.Time) {
	t.Helper()
	ctx := context.Background()
	if err := w.DB.NewRaw("SELECT recorded_at FROM position_history WHERE technician_id = ? ORDER BY 1", tech.ID).Scan(ctx, &history); err != nil {
		t.Fatal(err)
	}
	var now []time.Time
	if err := w.DB.NewRaw("SELECT recorded_at FROM technician_positions WHERE technician_id = ?", tech.ID).Scan(ctx, &now); err != nil {
		t.Fatal(err)
	}
	if len(now) > 0 {
		live = &now[0]
	}
	return history, live
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	tech := w.Technician(t)
	w.Clock.Forward(time.Hour)
	with := func(f geo.Fix, change func(*geo.Fix)) geo.Fix { change(&f); return f }
	nan, minus := math.NaN(), -1.0
	type verdicts = []dispatch.Verdict
	for _, c := range []struct {
		name  string
		fixes []geo.Fix
		want  verdicts
	}{
		{"nothing", nil, verdicts{}},
		{"first", []geo.Fix{fix(100, 0)}, verdicts{dispatch.FixLive}},
		{"again", []geo.Fix{fix(100, 0)}, verdicts{dispatch.FixDuplicate}},
		{"late, then late again", []geo.Fix{fix(50, 0), fix(50, 0)}, verdicts{dispatch.FixHistory, dispatch.FixDuplicate}},
		{"late once more", []geo.Fix{fix(50, 0)}, verdicts{dispatch.FixDuplicate}},
		{"twice in one batch", []geo.Fix{fix(200, 100), fix(200, 100)}, verdicts{dispatch.FixLive, dispatch.FixDuplicate}},
		{"newest first", []geo.Fix{fix(300, 300), fix(250, 200), fix(100, 0), fix(260, 210)},
			verdicts{dispatch.FixLive, dispatch.FixLive, dispatch.FixDuplicate, dispatch.FixLive}},
		{"a jump", []geo.Fix{fix(310, 90_000)}, verdicts{dispatch.FixImplausible}},
		{"the jump again", []geo.Fix{fix(310, 90_000)}, verdicts{dispatch.FixImplausible}},
		{"back", []geo.Fix{fix(320, 310)}, verdicts{dispatch.FixLive}},
		{"future", []geo.Fix{fix(3600+121, 400)}, verdicts{dispatch.FixFuture}},
		{"before duty", []geo.Fix{fix(-1, 0)}, verdicts{dispatch.FixTooOld}},
		{"yesterday", []geo.Fix{fix(-86400, 0)}, verdicts{dispatch.FixTooOld}},
		{"inaccurate", []geo.Fix{with(fix(400, 400), func(f *geo.Fix) { f.Accuracy = 9000 })}, verdicts{dispatch.FixInaccurate}},
		{"nowhere", []geo.Fix{with(fix(400, 400), func(f *geo.Fix) { f.Point[1] = nan })}, verdicts{dispatch.FixInaccurate}},
		{"a jump that knows no speed", []geo.Fix{with(fix(410, 90_000), func(f *geo.Fix) { f.Speed, f.Heading = &nan, &minus })}, verdicts{dispatch.FixImplausible}},
		{"no speed", []geo.Fix{with(fix(420, 420), func(f *geo.Fix) { f.Speed, f.Heading = &nan, &minus })}, verdicts{dispatch.FixLive}},
	} {
		if rep := report(t, w, tech, 0, c.fixes...); !slices.Equal(rep.Verdicts, c.want) {
			t.Errorf("%s: %v, want %v", c.name, rep.Verdicts, c.want)
		}
	}
	history, live := kept(t, w, tech)
	var want []time.Time
	for _, s := range []float64{50, 100, 200, 250, 260, 300, 320, 420} {
		want = append(want, fix(s, 0).At)
	}
	if !slices.EqualFunc(history, want, time.Time.Equal) || live == nil || !live.Equal(want[len(want)-1]) {
		t.Errorf("history %v\nwant    %v\nlive %v", history, want, live)
	}
	dispatchtest.CheckInvariants(t, w.DB)
}

func TestPositionsAreForTechniciansOnDuty(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	tech := w.Technician(t, dispatchtest.At(north(100)))
	batch := dispatch.Batch{Fixes: []geo.Fix{fix(0, 0)}, SentAt: w.Clock.Now()}
	for _, a := range []identity.Actor{{}, w.Customer, w.Dispatcher, identity.System()} {
		_, err := w.Service.ReportPositions(ctx, a, batch)
		wantReason(t, err, "role_forbidden")
	}
	must(w.Service.SetDuty(ctx, tech.Actor, dispatchtest.Op(), false))(t)
	_, err := w.Service.ReportPositions(ctx, tech.Actor, batch)
	wantReason(t, err, "off_duty")
	// The live position is gone, everywhere; the history stays until it is dropped.
	history, live := kept(t, w, tech)
	if len(history) != 1 || live != nil {
		t.Errorf("history %v, live %v", history, live)
	}
	seen, _, err := w.Service.Technicians(ctx, w.Dispatcher, false, "", dispatch.Page{Size: 10})
	if err != nil || len(seen) != 1 || seen[0].Position != nil || seen[0].OnDuty {
		t.Errorf("%+v, %v", seen, err)
	}
	// Back on duty, nobody knows where they were.
	w.Clock.Forward(time.Minute)
	must(w.Service.SetDuty(ctx, tech.Actor, dispatchtest.Op(), true))(t)
	r := w.Open(t)
	if c := must(w.Service.Candidates(ctx, w.Dispatcher, r.ID, 1))(t); len(c) != 1 || c[0].Position != nil {
		t.Errorf("%+v", c)
	}
	// What was recorded before this duty is not taken.
	if rep := report(t, w, tech, 0, fix(30, 0), fix(60, 0)); !slices.Equal(rep.Verdicts, []dispatch.Verdict{dispatch.FixTooOld, dispatch.FixLive}) {
		t.Errorf("%v", rep.Verdicts)
	}
}

// A phone's clock that is wrong is corrected, and the correction holds still while it is measured a little differently
// each time: so a batch sent twice is known again.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	w.Clock.Forward(time.Hour)
	for _, c := range []struct {
		first, again time.Duration
		corrected    time.Duration // by how much of the first
		wrong        bool
	}{
		{0, 20 * time.Second, 0, false},
		{25 * time.Second, -25 * time.Second, 0, false},
		{40 * time.Second, 60 * time.Second, 40 * time.Second, false},
		{-40 * time.Second, -65 * time.Second, -40 * time.Second, false},
		{130 * time.Second, 120 * time.Second, 130 * time.Second, true},
		{-50 * time.Minute, -50*time.Minute - 10*time.Second, -50 * time.Minute, true},
		{26 * time.Hour, 26 * time.Hour, 26 * time.Hour, true},
	} {
		tech := w.Technician(t)
		now := w.Clock.Forward(time.Hour)
		send := func(sent time.Duration) dispatch.Report {
			phone := now.Add(-time.Minute + c.first) // by the phone's clock when it was taken
			return must(w.Service.ReportPositions(context.Background(), tech.Actor, dispatch.Batch{
				SentAt: now.Add(sent), Fixes: []geo.Fix{{Point: north(0), Accuracy: 10, At: phone}},
			}))(t)
		}
		rep := send(c.first)
		if rep.Verdicts[0] != dispatch.FixLive || rep.Skew != c.first || rep.ClockWrong != c.wrong {
			t.Errorf("%v ahead: %+v", c.first, rep)
			continue
		}
		_, live := kept(t, w, tech)
		if want := now.Add(-time.Minute + c.first - c.corrected); !live.Equal(want) {
			t.Errorf("%v ahead: recorded at %v, want %v", c.first, live, want)
		}
		if rep := send(c.again); rep.Verdicts[0] != dispatch.FixDuplicate {
			t.Errorf("%v ahead, then %v: %v", c.first, c.again, rep.Verdicts)
		}
	}
	// A phone that does not tell its time is believed.
	tech := w.Technician(t)
	rep := must(w.Service.ReportPositions(context.Background(), tech.Actor, dispatch.Batch{
		Fixes: []geo.Fix{{Point: north(0), Accuracy: 10, At: w.Clock.Now()}},
	}))(t)
	if rep.Verdicts[0] != dispatch.FixLive || rep.Skew != 0 || rep.ClockWrong {
		t.Errorf("%+v", rep)
	}
	// Once the clock is put right, the correction goes.
	tech = w.Technician(t)
	start := w.Clock.Now()
	w.Clock.Forward(10 * time.Minute)
	for minute, ahead := range []time.Duration{5 * time.Minute, 0} {
		at := start.Add(time.Duration(minute+1) * time.Minute)
		report(t, w, tech, ahead, geo.Fix{Point: north(0), Accuracy: 10, At: at})
		if _, live := kept(t, w, tech); !live.Equal(at) {
			t.Errorf("%v ahead: recorded at %v, want %v", ahead, live, at)
		}
	}
}

func TestNearlyThereOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	tech := w.Technician(t, dispatchtest.At(north(9000)))
	r := w.Open(t).ID
	assign := func() {
		t.Helper()
		must(w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r, Technician: tech.ID}))(t)
	}
	near := func() *time.Time { return must(w.Service.Find(ctx, r.String()))(t).NearlyThereAt }
	move := func(metres float64) dispatch.Report {
		now := w.Clock.Forward(10 * time.Minute)
		return report(t, w, tech, 0, geo.Fix{Point: north(metres), Accuracy: 20, At: now})
	}
	if rep := move(8900); rep.Every != 5*time.Minute {
		t.Errorf("idle: every %v", rep.Every)
	}
	assign()
	if rep := move(1000); rep.Every != time.Minute || near() != nil { // near, but not on the way
		t.Errorf("assigned: every %v, %v", rep.Every, near())
	}
	must(w.Service.Depart(ctx, tech.Actor, dispatchtest.Op(), r))(t)
	if rep := move(2100); rep.Every != 10*time.Second || near() != nil {
		t.Errorf("on the way: every %v, %v", rep.Every, near())
	}
	// A position that came in late says nothing about now.
	at := w.Clock.Now().Add(time.Minute)
	w.Clock.Forward(20 * time.Minute)
	report(t, w, tech, 0, geo.Fix{Point: north(1500), Accuracy: 20, At: at})
	if near() != nil {
		t.Error("nearly there by an old position")
	}
	now := w.Clock.Forward(time.Second)
	var wg sync.WaitGroup
	for i := range 8 { // several batches at once
		wg.Go(func() {
			_, err := w.Service.ReportPositions(ctx, tech.Actor, dispatch.Batch{SentAt: now, Fixes: []geo.Fix{
				{Point: north(1900 - float64(i)), Accuracy: 20, At: now.Add(time.Duration(i-8) * time.Millisecond)},
			}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if rep := move(1000); rep.Every != 5*time.Second {
		t.Errorf("near: every %v", rep.Every)
	}
	if n := w.Told.Count(notify.NearlyThere); n != 1 || near() == nil {
		t.Errorf("told %d times, %v", n, near())
	}
	// The next visit is told anew.
	must(w.Service.Recall(ctx, w.Dispatcher, dispatchtest.Op(), r, 0, "x"))(t)
	if near() != nil {
		t.Error("still nearly there")
	}
	assign()
	must(w.Service.Depart(ctx, tech.Actor, dispatchtest.Op(), r))(t)
	move(900)
	if n := w.Told.Count(notify.NearlyThere); n != 2 {
		t.Errorf("told %d times", n)
	}
	dispatchtest.CheckInvariants(t, w.DB)
}

// The signal of a new position carries it, so that no stream has to read it.
func TestPositionSignal(t *testing.T) {
	t.Parallel()
	w := dispatchtest.New(t)
	other := w.ServerOn(w.Bus)
	dispatchtest.Run(t, other)
	tech := w.Technician(t, dispatchtest.At(north(500)))
	r := w.Open(t)
	for deadline := time.Now().Add(patience); ; {
		c := must(other.Candidates(context.Background(), w.Dispatcher, r.ID, 5))(t)
		if len(c) == 1 && c[0].Position != nil && geo.Distance(c[0].Position.Point, north(500)) < 1 && c[0].Technician.ID == tech.ID {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the other server sees %+v", c)
		}
		time.Sleep(time.Millisecond)
	}
}
