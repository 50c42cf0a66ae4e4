package loadtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	"utsendt/internal/server"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

// watchedBoard measures what a dispatcher's board is told: everything once, in batches and one by one as at first,
// beside a bare reading of the same rows; then technicians who all move within a second, beside publishing alone.
func (b *bench) watchedBoard(ctx context.Context) error {
	if err := crowd(ctx, b.parts.DB, b.cfg.BoardRequests, b.cfg.BoardTechnicians); err != nil {
		return err
	}
	board, err := b.board(ctx)
	if err != nil {
		return err
	}
	var bare, batched, single samples
	var bytes, messages [2]int
	for range 3 {
		if err := timed(&bare, func() error { return b.bareRows(ctx) }); err != nil {
			return err
		}
		for i, into := range []*samples{&batched, &single} {
			if err := timed(into, func() (err error) {
				bytes[i], messages[i], err = snapshot(ctx, board, i == 0)
				return err
			}); err != nil {
				return err
			}
		}
	}
	b.printf("board           %d requests, %d technicians: whole in p50 %v (%d messages, %.1f MB)\n", b.cfg.BoardRequests, b.cfg.BoardTechnicians,
		batched.at(.5), messages[0], float64(bytes[0])/1e6)
	b.printf("  bare SELECT   p50 %v: the board takes %.1f times as long; a message for each thing %v (%d messages), %.1f times as long\n",
		bare.at(.5), ratio(&batched, &bare), single.at(.5), messages[1], ratio(&single, &bare))
	return b.moves(ctx, board)
}

func (b *bench) bareRows(ctx context.Context) error {
	for _, sql := range []string{
		`SELECT r.*, v.* FROM service_requests r LEFT JOIN visits v ON v.id = r.visit_id WHERE r.state NOT IN ('completed', 'cancelled')`,
		`SELECT t.*, p.* FROM technicians t LEFT JOIN technician_positions p ON p.technician_id = t.id WHERE t.on_duty`,
	} {
		rows, err := b.parts.DB.Pool.Query(ctx, sql)
		if err != nil {
			return err
		}
		for rows.Next() {
			if _, err := rows.Values(); err != nil {
				rows.Close()
				return err
			}
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

type boardClient interface {
	WatchBoard(context.Context, *dispatchv1.WatchBoardRequest) (*connect.ServerStreamForClient[dispatchv1.WatchBoardResponse], error)
}

// snapshot reads a board until it is whole.
func snapshot(ctx context.Context, board boardClient, batched bool) (bytes, messages int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := board.WatchBoard(ctx, &dispatchv1.WatchBoardRequest{Batched: batched})
	if err != nil {
		return 0, 0, err
	}
	defer stream.Close() // the context ends it
	for stream.Receive() {
		messages++
		bytes += proto.Size(stream.Msg())
		if stream.Msg().GetSnapshotComplete() != nil {
			return bytes, messages, nil
		}
	}
	return 0, 0, errors.Join(errors.New("loadtest: the board ended before it was whole"), stream.Err())
}

// moves lets everyone move ten times, once a second, and counts what an open board is told.
func (b *bench) moves(ctx context.Context, board boardClient) error {
	const rounds, slices = 10, 10
	walkers, err := readWalkers(ctx, b.parts.DB, b.parts.Bus)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := board.WatchBoard(ctx, &dispatchv1.WatchBoardRequest{Batched: true})
	if err != nil {
		return err
	}
	defer stream.Close() // the context ends it
	var delay samples
	told, messages := 0, 0
	whole, end := make(chan struct{}), make(chan error, 1)
	go func() {
		newest := map[string]bool{}
		for stream.Receive() {
			if stream.Msg().GetSnapshotComplete() != nil {
				close(whole)
			}
			moved := stream.Msg().GetTechniciansMoved().GetMoved()
			if len(moved) == 0 {
				continue
			}
			messages++
			told += len(moved)
			for _, m := range moved {
				at := m.Position.RecordedAt.AsTime()
				if at.Nanosecond() == finalRound {
					newest[m.TechnicianId] = true
				} else {
					delay.add(time.Since(at))
				}
			}
			if len(newest) == len(walkers.list) {
				end <- nil
				return
			}
		}
		end <- errors.Join(errors.New("loadtest: the board ended while technicians moved"), stream.Err())
	}()
	select {
	case <-whole:
	case err := <-end:
		return err
	}
	// As phones do, each at another moment: a tenth of them every tenth of a second.
	var publishing time.Duration
	tick := time.NewTicker(time.Second / slices)
	defer tick.Stop()
	for round := range rounds {
		for range slices {
			now := time.Now().Truncate(time.Microsecond)
			if round == rounds-1 {
				now = now.Truncate(time.Second).Add(finalRound)
			}
			begun := time.Now()
			if err := walkers.move((len(walkers.list)+slices-1)/slices, now); err != nil {
				return err
			}
			publishing += time.Since(begun)
			<-tick.C
		}
	}
	select {
	case err := <-end:
		if err != nil {
			return err
		}
	case <-time.After(time.Minute):
		return errors.New("loadtest: not every technician's last move was told within a minute")
	}
	b.printf("moves           %d technicians, all once a second: %d of %d moves told in %d messages, each technician's last among them\n",
		len(walkers.list), told, rounds*slices*((len(walkers.list)+slices-1)/slices), messages)
	b.printf("  publishing    %v for all of them alone; told after p50 %v, p99 %v\n", (publishing / rounds).Round(time.Microsecond), delay.at(.5), delay.at(.99))
	return nil
}

// finalRound marks the time of the last move, in nanoseconds of its second.
const finalRound = 123_456_000

// BoardConfig says what ServeBoard serves.
type BoardConfig struct {
	// DatabaseURL of an empty PostgreSQL; empty starts our own in a new folder and removes it.
	DatabaseURL string
	// Listen is an address and port.
	Listen string
	// Requests are open, Technicians on duty beside the demo's.
	Requests, Technicians int
	// Moves a second, of all technicians together; 0 lets nobody move.
	Moves  int
	Out    io.Writer
	Logger *slog.Logger
}

// ServeBoard serves a demo with a crowd in it until ctx ends, to measure browsers with. Its first line names the address.
func ServeBoard(ctx context.Context, cfg BoardConfig) error {
	prepare := func(p server.Parts) error {
		if err := load(ctx)(p); err != nil {
			return err
		}
		return crowd(ctx, p.DB, cfg.Requests, cfg.Technicians)
	}
	err := withServer(ctx, cfg.DatabaseURL, server.Config{Listen: cfg.Listen, Logger: cfg.Logger, Prepare: prepare}, func(ctx context.Context, r server.Ready) error {
		walkers, err := readWalkers(ctx, r.Parts.DB, r.Parts.Bus)
		if err != nil {
			return err
		}
		fmt.Fprintf(cfg.Out, "serving http://%s\n", r.Address)
		const every = 100 * time.Millisecond
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case now := <-tick.C:
				if err := walkers.move(cfg.Moves/int(time.Second/every), now); err != nil {
					return err
				}
			}
		}
	})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
