package dispatch

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"utsendt/geo"
	"utsendt/internal/fault"
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

// tracker is what the database knows of a technician when a batch comes in.
type tracker struct {
	dutySince time.Time
	position  *Position
	skew      float64
	suspect   geo.Track
	visitID   uuid.UUID
	requestID uuid.UUID
	visit     VisitState
	place     *orb.Point
	nearly    bool
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
	if t.visit == VisitEnRoute && !t.nearly && t.place != nil && live != nil && nearlyThere(*live, *t.place) {
		if err := s.markNearlyThere(ctx, t.requestID, t.visitID); err != nil {
			// The positions are safe; the next batch tries again.
			s.log.WarnContext(ctx, "nearly there could not be told", "request", t.requestID, "error", err)
		}
	}
	return rep, nil
}

// readTracker locks the technician, so that two batches at once are judged one after the other.
func readTracker(ctx context.Context, tx postgres.Tx, technician uuid.UUID) (t tracker, err error) {
	var row struct {
		OnDuty       bool
		DutySince    *time.Time
		Latitude     *float64
		Longitude    *float64
		Accuracy     *float64
		RecordedAt   *time.Time
		ClockSkew    *float64
		Suspect      []byte
		VisitID      uuid.UUID
		RequestID    uuid.UUID
		VisitState   VisitState
		ReqLatitude  *float64
		ReqLongitude *float64
		Nearly       bool
	}
	err = tx.NewRaw(`SELECT t.on_duty, t.duty_since, p.latitude, p.longitude, p.accuracy, p.recorded_at, p.clock_skew,
			p.suspect, v.id AS visit_id, v.request_id, coalesce(v.state, '') AS visit_state,
			r.latitude AS req_latitude, r.longitude AS req_longitude, r.nearly_there_at IS NOT NULL AS nearly
		FROM technicians t
		LEFT JOIN technician_positions p ON p.technician_id = t.id
		LEFT JOIN visits v ON v.technician_id = t.id AND v.state IN ('en_route', 'on_site')
		LEFT JOIN service_requests r ON r.id = v.request_id
		WHERE t.id = ? FOR NO KEY UPDATE OF t`, technician).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return t, errNoTechnician()
	}
	if err != nil {
		return t, fmt.Errorf("dispatch: reading a position: %w", err)
	}
	if !row.OnDuty {
		return t, fault.New(fault.WrongState, "off_duty", "Positions are taken on duty only.")
	}
	t.dutySince = *row.DutySince
	t.visitID, t.requestID, t.visit, t.nearly = row.VisitID, row.RequestID, row.VisitState, row.Nearly
	if row.ReqLatitude != nil && row.ReqLongitude != nil {
		t.place = &orb.Point{*row.ReqLongitude, *row.ReqLatitude}
	}
	if row.RecordedAt == nil {
		return t, nil
	}
	t.position = &Position{
		TechnicianID: technician, Point: orb.Point{*row.Longitude, *row.Latitude},
		Accuracy: *row.Accuracy, RecordedAt: row.RecordedAt.UTC(),
	}
	t.skew = *row.ClockSkew
	if len(row.Suspect) > 0 {
		if err := json.Unmarshal(row.Suspect, &t.suspect); err != nil {
			return t, fmt.Errorf("dispatch: reading suspect fixes: %w", err)
		}
	}
	t.suspect.Last = geo.Fix{Point: t.position.Point, Accuracy: t.position.Accuracy, At: t.position.RecordedAt}
	return t, nil
}

// takeBatch judges the fixes oldest first and writes what is kept. It gives the new live position, if there is one.
func (s *Service) takeBatch(ctx context.Context, tx postgres.Tx, technician uuid.UUID, t *tracker, b Batch) (Report, *Position, error) {
	now := tx.Now()
	measured := b.SentAt.Sub(now).Seconds()
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

// history collects the fixes to keep, column by column.
type history struct {
	index              []int
	recorded, phone    []time.Time
	lat, lon, accuracy []float64
	speed, heading     []*float64
}

func (h *history) add(i int, f geo.Fix, phoneAt time.Time) {
	h.index = append(h.index, i)
	h.recorded, h.phone = append(h.recorded, f.At), append(h.phone, phoneAt)
	h.lat, h.lon = append(h.lat, f.Point.Lat()), append(h.lon, f.Point.Lon())
	h.accuracy = append(h.accuracy, f.Accuracy)
	h.speed, h.heading = append(h.speed, f.Speed), append(h.heading, f.Heading)
}

// insert writes them in one statement and makes those that were known already duplicates.
func (h *history) insert(ctx context.Context, tx postgres.Tx, technician, visit uuid.UUID, now time.Time, verdicts []Verdict) error {
	if len(h.index) == 0 {
		return nil
	}
	var visitID *uuid.UUID
	if visit != uuid.Nil {
		visitID = &visit
	}
	rows, err := tx.PgxTx().Query(ctx, `INSERT INTO position_history
			(technician_id, visit_id, received_at, recorded_at, phone_at, latitude, longitude, accuracy, speed, heading)
		SELECT $1::uuid, $2::uuid, $3::timestamptz, * FROM unnest($4::timestamptz[], $5::timestamptz[], $6::float8[], $7::float8[],
			$8::float8[], $9::float8[], $10::float8[])
		ON CONFLICT DO NOTHING RETURNING recorded_at`,
		technician, visitID, now, h.recorded, h.phone, h.lat, h.lon, h.accuracy, h.speed, h.heading)
	if err != nil {
		return fmt.Errorf("dispatch: writing the history: %w", err)
	}
	fresh, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
	if err != nil {
		return fmt.Errorf("dispatch: writing the history: %w", err)
	}
	inserted := make(map[int64]bool, len(fresh))
	for _, at := range fresh {
		inserted[at.UnixMicro()] = true
	}
	for n, i := range h.index {
		at := h.recorded[n].UnixMicro()
		switch {
		case verdicts[i] == FixLive:
		case inserted[at]:
			verdicts[i] = FixHistory
			inserted[at] = false // the same instant twice in one batch: the second is the duplicate
		default:
			verdicts[i] = FixDuplicate
		}
	}
	return nil
}
