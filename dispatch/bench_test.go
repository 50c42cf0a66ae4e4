package dispatch_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/geo"
	"utsendt/internal/postgres"
)

// BenchmarkStatusChange is one step of a technician with everything that it writes: operation, request, visit, activity,
// audit trail. The floor is one bare UPDATE of the request by its primary key, on the same connection pool.
func BenchmarkStatusChange(b *testing.B) {
	ctx := context.Background()
	w := dispatchtest.New(b)
	r, tech := walk(b, w, dispatch.Dispatched)
	const floors = 500
	begin := time.Now()
	for range floors {
		if _, err := w.DB.Pool.Exec(ctx, "UPDATE service_requests SET version = version + 1, updated_at = $2 WHERE id = $1", r, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	floor := time.Since(begin) / floors
	for b.Loop() {
		if _, err := w.Service.Accept(ctx, tech.Actor, dispatchtest.Op(), r); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "x-update")
}

// BenchmarkReportPositions takes batches of a hundred fixes. The floor is a transaction that only inserts a hundred such
// rows in one statement into the same table.
func BenchmarkReportPositions(b *testing.B) {
	const each = 100
	ctx := context.Background()
	w := dispatchtest.New(b)
	tech := w.Technician(b, dispatchtest.At(north(0)))
	begin := time.Now()
	const floors = 200
	for range floors {
		now := w.Clock.Forward(each * time.Second)
		if err := postgres.InTx(ctx, w.DB, func(ctx context.Context, tx postgres.Tx) error {
			var at []time.Time
			var lat, lon, accuracy []float64
			for i := range each {
				at, lat, lon, accuracy = append(at, now.Add(-time.Duration(i)*time.Second)), append(lat, 59.9), append(lon, 10.7), append(accuracy, 10)
			}
			_, err := tx.PgxTx().Exec(ctx, `INSERT INTO position_history (technician_id, received_at, recorded_at, phone_at, latitude, longitude, accuracy)
				SELECT $1::uuid, $2::timestamptz, t, t, a, b, c FROM unnest($3::timestamptz[], $4::float8[], $5::float8[], $6::float8[]) AS u (t, a, b, c)`,
				uuid.New(), now, at, lat, lon, accuracy)
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
	floor := time.Since(begin) / floors
	for b.Loop() {
		now := w.Clock.Forward(each * time.Second)
		batch := dispatch.Batch{SentAt: now}
		for i := range each {
			batch.Fixes = append(batch.Fixes, geo.Fix{Point: north(float64(i) * 10), Accuracy: 10, At: now.Add(-time.Duration(each-1-i) * time.Second)})
		}
		if rep, err := w.Service.ReportPositions(ctx, tech.Actor, batch); err != nil || rep.Verdicts[each-1] != dispatch.FixLive {
			b.Fatal(rep, err)
		}
	}
	b.ReportMetric(float64(b.N*each)/b.Elapsed().Seconds(), "fixes/s")
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "x-insert")
}

// BenchmarkCandidates finds who could go among ten thousand technicians on duty all over the country.
func BenchmarkCandidates(b *testing.B) {
	const technicians = 10_000
	ctx := context.Background()
	w := dispatchtest.New(b)
	random := rand.New(rand.NewPCG(10, 10))
	if _, err := w.DB.ExecContext(ctx, `INSERT INTO technicians (id, number, first_name, last_name, skills, home_latitude, home_longitude,
			shift_start, shift_end, on_duty, duty_since, created_at, updated_at)
		SELECT gen_random_uuid(), 'B' || n, 'Tekniker', 'Eksempel', ARRAY['a3', 'laser'], 58 + random() * 12, 5 + random() * 20,
			'00:00', '00:00', true, ?0, ?0, ?0 FROM generate_series(1, ?1) n`, w.DB.Now(), technicians); err != nil {
		b.Fatal(err)
	}
	if _, err := w.DB.ExecContext(ctx, `INSERT INTO technician_positions (technician_id, latitude, longitude, accuracy, recorded_at, received_at)
		SELECT id, home_latitude, home_longitude, 10, ?0, ?0 FROM technicians`, w.DB.Now()); err != nil {
		b.Fatal(err)
	}
	dispatchtest.Run(b, w.Service)
	var requests []uuid.UUID
	for range 50 {
		requests = append(requests, w.Open(b, dispatchtest.Place(orb.Point{5 + random.Float64()*20, 58 + random.Float64()*12}),
			func(n *dispatch.NewRequest) { n.Skills = []string{"a3"} }).ID)
	}
	n := 0
	for b.Loop() {
		found, err := w.Service.Candidates(ctx, w.Dispatcher, requests[n%len(requests)], 10)
		if err != nil || len(found) != 10 || !found[0].Eligible {
			b.Fatal(len(found), err)
		}
		n++
	}
}
