package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"utsendt/geo"
	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

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
	// waits is true when a job was given that has not begun.
	waits bool
}

// readTracker locks the technician, so that two batches at once are judged one after the other. It locks first and reads
// then, in one round trip: what a query joins to a row it had to wait for is as it was before the wait.
func readTracker(ctx context.Context, tx postgres.Tx, technician uuid.UUID) (t tracker, err error) {
	var (
		onDuty                        bool
		dutySince, recordedAt         *time.Time
		latitude, longitude           *float64
		accuracy, skew                *float64
		placeLatitude, placeLongitude *float64
		suspect                       []byte
		visit, request                *uuid.UUID
	)
	batch := &pgx.Batch{}
	batch.Queue(`SELECT FROM technicians WHERE id = $1 FOR NO KEY UPDATE`, technician)
	batch.Queue(`SELECT t.on_duty, t.duty_since, p.latitude, p.longitude, p.accuracy, p.recorded_at, p.clock_skew, p.suspect,
			v.id, v.request_id, coalesce(v.state, ''), r.latitude, r.longitude, r.nearly_there_at IS NOT NULL,
			EXISTS (SELECT FROM visits WHERE technician_id = t.id AND state IN ('assigned', 'accepted'))
		FROM technicians t
		LEFT JOIN technician_positions p ON p.technician_id = t.id
		LEFT JOIN visits v ON v.technician_id = t.id AND v.state IN ('en_route', 'on_site')
		LEFT JOIN service_requests r ON r.id = v.request_id
		WHERE t.id = $1`, technician)
	results := tx.PgxTx().SendBatch(ctx, batch)
	if _, err = results.Exec(); err == nil {
		err = results.QueryRow().Scan(&onDuty, &dutySince, &latitude, &longitude, &accuracy, &recordedAt, &skew, &suspect,
			&visit, &request, &t.visit, &placeLatitude, &placeLongitude, &t.nearly, &t.waits)
	}
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return t, errNoTechnician()
	case err != nil:
		return t, fmt.Errorf("dispatch: reading a position: %w", err)
	case !onDuty:
		return t, fault.New(fault.WrongState, "off_duty", "Positions are taken on duty only.")
	}
	t.dutySince = *dutySince
	if visit != nil {
		t.visitID, t.requestID = *visit, *request
	}
	if placeLatitude != nil && placeLongitude != nil {
		t.place = &orb.Point{*placeLongitude, *placeLatitude}
	}
	if recordedAt == nil {
		return t, nil
	}
	t.position = &Position{
		TechnicianID: technician, Point: orb.Point{*longitude, *latitude}, Accuracy: *accuracy, RecordedAt: recordedAt.UTC(),
	}
	t.skew = *skew
	if len(suspect) > 0 {
		if err := json.Unmarshal(suspect, &t.suspect); err != nil {
			return t, fmt.Errorf("dispatch: reading suspect fixes: %w", err)
		}
	}
	t.suspect.Last = geo.Fix{Point: t.position.Point, Accuracy: t.position.Accuracy, At: t.position.RecordedAt}
	return t, nil
}
