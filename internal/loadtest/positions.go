package loadtest

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/types/known/timestamppb"

	livev1 "utsendt/proto/gen/utsendt/live/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

const batchSize = 100

// positions measures batches of 100 fixes over the API, beside INSERTs of 100 rows into a table like the history's.
func (b *bench) positions(ctx context.Context) error {
	phones := make([]*phone, 8)
	for i := range phones {
		p, err := b.phone(ctx, fmt.Sprintf("tekniker%02d", i+1))
		if err != nil {
			return err
		}
		phones[i] = p
	}
	each := b.cfg.Batches / len(phones)
	var kept int64
	counts := make([]int64, len(phones))
	began := time.Now()
	var group errgroup.Group
	for i, p := range phones {
		group.Go(func() (err error) { counts[i], err = drive(ctx, p, each); return err })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	took := time.Since(began)
	for _, n := range counts {
		kept += n
	}
	floor, err := b.bareInserts(ctx, len(phones), each)
	if err != nil {
		return err
	}
	perSecond := float64(kept) / took.Seconds()
	cores := float64(runtime.NumCPU())
	b.printf("positions       %.0f accepted a second, %.0f a second and core (%d fixes in batches of %d; client, server and PostgreSQL share %d cores)\n",
		perSecond, perSecond/cores, kept, batchSize, runtime.NumCPU())
	b.printf("  bare INSERT   %.0f rows a second: the API keeps %.2f of that\n", floor, perSecond/floor)
	return nil
}

// drive sends batches of a slow drive and gives how many fixes were kept.
func drive(ctx context.Context, p *phone, batches int) (kept int64, err error) {
	// Going on duty again begins a new duty now; its fixes begin after that.
	if _, err := p.SetDuty(ctx, &mobilev1.SetDutyRequest{Operation: operation(), OnDuty: false}); err != nil {
		return 0, err
	}
	start := time.Now().Add(-20 * time.Hour)
	op := operation()
	op.PhoneTime = timestamppb.New(start)
	if _, err := p.SetDuty(ctx, &mobilev1.SetDutyRequest{Operation: op, OnDuty: true}); err != nil {
		return 0, err
	}
	at, lon := start, 10.0
	for range batches {
		req := &mobilev1.ReportPositionsRequest{SentPhoneTime: timestamppb.Now()}
		for range batchSize {
			at, lon = at.Add(time.Second), lon+0.00001
			req.Fixes = append(req.Fixes, &mobilev1.Fix{
				Point: &livev1.Point{Latitude: 60, Longitude: lon}, AccuracyMetres: 10, PhoneTime: timestamppb.New(at),
			})
		}
		res, err := p.ReportPositions(ctx, req)
		if err != nil {
			return kept, err
		}
		for _, v := range res.Verdicts {
			if v == mobilev1.FixVerdict_FIX_VERDICT_LIVE || v == mobilev1.FixVerdict_FIX_VERDICT_HISTORY {
				kept++
			}
		}
	}
	return kept, nil
}

// bareInserts gives the rows a second of the same inserts by as many writers, without anything around them.
func (b *bench) bareInserts(ctx context.Context, writers, each int) (float64, error) {
	if _, err := b.parts.DB.Pool.Exec(ctx, `DROP TABLE IF EXISTS loadtest_floor;
		CREATE TABLE loadtest_floor (LIKE position_history INCLUDING ALL) PARTITION BY RANGE (recorded_at);
		CREATE TABLE loadtest_floor_all PARTITION OF loadtest_floor DEFAULT`); err != nil {
		return 0, err
	}
	defer b.parts.DB.Pool.Exec(context.WithoutCancel(ctx), `DROP TABLE loadtest_floor`) // left behind it does no harm
	began := time.Now()
	var group errgroup.Group
	for w := range writers {
		group.Go(func() error {
			at := time.Now().Add(-20 * time.Hour)
			for range each {
				times, lats, lons := make([]time.Time, batchSize), make([]float64, batchSize), make([]float64, batchSize)
				for i := range times {
					at = at.Add(time.Second)
					times[i], lats[i], lons[i] = at, 60, 10
				}
				if _, err := b.parts.DB.Pool.Exec(ctx, `INSERT INTO loadtest_floor
						(technician_id, received_at, recorded_at, phone_at, latitude, longitude, accuracy)
					SELECT $1::uuid, now(), r, r, lat, lon, 10
					FROM unnest($2::timestamptz[], $3::float8[], $4::float8[]) AS f (r, lat, lon)`,
					fmt.Sprintf("00000000-0000-0000-0000-%012d", w), times, lats, lons); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	return float64(writers*each*batchSize) / time.Since(began).Seconds(), nil
}
