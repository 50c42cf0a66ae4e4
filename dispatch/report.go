package dispatch

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"

	"utsendt/geo"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// skewKept is by how many seconds a measured clock skew may differ from the kept one before it replaces it; a skew
// smaller than this counts as none, because part of it is the network's delay.
const skewKept = 30

// Batch is fixes as a phone sends them: in any order, by the phone's clock.
type Batch struct {
	Fixes []geo.Fix
	// SentAt is the phone's clock when the batch left.
	SentAt time.Time
	// Battery is between 0 and 1; nil when the phone does not tell.
	Battery *float64
}

// Verdict says what became of one fix.
type Verdict string

// The verdicts. Live and History are kept, the others are not.
const (
	FixLive        Verdict = "live"
	FixHistory     Verdict = "history"
	FixDuplicate   Verdict = "duplicate"
	FixFuture      Verdict = "future"
	FixImplausible Verdict = "implausible"
	FixInaccurate  Verdict = "inaccurate"
	FixTooOld      Verdict = "too_old"
)

// Report answers a batch.
type Report struct {
	// Verdicts in the order of the fixes.
	Verdicts []Verdict
	// Every is how often to report from now on.
	Every time.Duration
	// Skew is how far the phone's clock is ahead.
	Skew time.Duration
	// ClockWrong is true beyond two minutes.
	ClockWrong bool
}

// ReportPositions takes a batch of fixes. Each is judged for itself; every accepted one is kept in the history, and
// the newest plausible one becomes the live position. The same fix again is a duplicate and changes nothing. Off
// duty everything is refused: fault.WrongState "off_duty".
func (s *Service) ReportPositions(ctx context.Context, actor identity.Actor, b Batch) (Report, error) {
	if err := mayWork(actor); err != nil {
		return Report{}, err
	}
	if err := s.ensurePartitions(ctx); err != nil {
		return Report{}, err
	}
	var (
		rep  Report
		t    tracker
		live *Position
	)
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) (err error) {
		if t, err = readTracker(ctx, tx, actor.TechnicianID); err != nil {
			return err
		}
		rep, live, err = s.takeBatch(ctx, tx, actor.TechnicianID, &t, b)
		if live != nil {
			p := *live
			tx.AfterCommit(func() { s.roster.moved(p); s.signalPosition(p) })
		}
		return err
	})
	if err != nil {
		return Report{}, err
	}
	if live == nil {
		live = t.position
	}
	rep.Every = t.reportEvery(live, b.Battery)
	if t.visit == VisitEnRoute && !t.nearly && t.place != nil && live != nil && nearlyThere(*live, *t.place, s.db.Now()) {
		if err := s.markNearlyThere(ctx, t.requestID, t.visitID); err != nil {
			// The positions are safe; the next batch tries again.
			s.log.WarnContext(ctx, "nearly there could not be told", "request", t.requestID, "error", err)
		}
	}
	return rep, nil
}

// takeBatch judges the fixes oldest first and writes what is kept. It gives the new live position, if there is one.
func (s *Service) takeBatch(ctx context.Context, tx postgres.Tx, technician uuid.UUID, t *tracker, b Batch) (Report, *Position, error) {
	now := tx.Now()
	measured := b.skew(now)
	skew := t.skew
	if math.Abs(measured-skew) > skewKept {
		skew = measured
	}
	if math.Abs(skew) <= skewKept {
		skew = 0
	}
	rep := Report{
		Verdicts: make([]Verdict, len(b.Fixes)), Skew: seconds(measured), ClockWrong: math.Abs(measured) > clockWrong,
	}
	track := t.suspect
	var kept history
	var live *Position
	for _, i := range byTime(b.Fixes) {
		f := b.Fixes[i]
		phoneAt := f.At
		f.Speed, f.Heading = known(f.Speed, math.MaxFloat64), known(f.Heading, 360)
		f.At = f.At.Add(-seconds(skew)).UTC().Truncate(time.Microsecond)
		if f.At.Before(t.dutySince) {
			rep.Verdicts[i] = FixTooOld
			continue
		}
		var v geo.Verdict
		track, v = track.Consider(f, now)
		rep.Verdicts[i] = verdictOf(v)
		switch rep.Verdicts[i] {
		case FixLive:
			live = &Position{
				TechnicianID: technician, Point: f.Point, Accuracy: f.Accuracy, Speed: f.Speed, Heading: f.Heading,
				RecordedAt: f.At,
			}
			kept.add(i, f, phoneAt)
		case FixHistory, FixDuplicate: // the history knows which of these are new
			kept.add(i, f, phoneAt)
		}
	}
	if err := kept.insert(ctx, tx, technician, t.visitID, now, rep.Verdicts); err != nil {
		return rep, nil, err
	}
	if live == nil && track == t.suspect && skew == t.skew {
		return rep, nil, nil
	}
	return rep, live, saveLive(ctx, tx, technician, live, track, skew, now)
}

// skew is how many seconds the phone's clock is ahead; 0 when it does not tell its time.
func (b Batch) skew(now time.Time) float64 {
	if b.SentAt.IsZero() {
		return 0
	}
	return b.SentAt.Sub(now).Seconds()
}

// known is nil for what phones send where they know nothing: -1, NaN and the like.
func known(v *float64, limit float64) *float64 {
	if v == nil || !(*v >= 0 && *v <= limit) {
		return nil
	}
	return v
}

func verdictOf(v geo.Verdict) Verdict {
	switch v {
	case geo.Accepted:
		return FixLive
	case geo.Late:
		return FixHistory
	case geo.Duplicate:
		return FixDuplicate
	case geo.Future:
		return FixFuture
	case geo.Implausible:
		return FixImplausible
	case geo.Stale:
		return FixTooOld
	}
	return FixInaccurate
}

// saveLive writes the live position, or only what was learnt about the phone when there is no new one.
func saveLive(ctx context.Context, tx postgres.Tx, technician uuid.UUID, live *Position, track geo.Track, skew float64, now time.Time) error {
	suspect, err := json.Marshal(track)
	if err != nil {
		return fmt.Errorf("dispatch: suspect fixes: %w", err)
	}
	if live == nil {
		_, err = tx.PgxTx().Exec(ctx, `UPDATE technician_positions SET suspect = $2, clock_skew = $3 WHERE technician_id = $1`,
			technician, string(suspect), skew)
	} else {
		_, err = tx.PgxTx().Exec(ctx, `INSERT INTO technician_positions
				(technician_id, latitude, longitude, accuracy, speed, heading, recorded_at, received_at, suspect, clock_skew)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (technician_id) DO UPDATE SET latitude = excluded.latitude, longitude = excluded.longitude,
				accuracy = excluded.accuracy, speed = excluded.speed, heading = excluded.heading,
				recorded_at = excluded.recorded_at, received_at = excluded.received_at, suspect = excluded.suspect,
				clock_skew = excluded.clock_skew`,
			technician, live.Point.Lat(), live.Point.Lon(), live.Accuracy, live.Speed, live.Heading,
			live.RecordedAt, now, string(suspect), skew)
	}
	if err != nil {
		return fmt.Errorf("dispatch: writing a position: %w", err)
	}
	return nil
}
