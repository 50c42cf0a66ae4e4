package loadtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

// clicks remembers when each version of each request was asked for and answered.
type clicks struct {
	mu       sync.Mutex
	asked    map[string]time.Time
	answered map[string]time.Time
}

// streams opens many customers' streams, changes the requests one after another, and measures how long each change
// takes to every stream that shows it: from the dispatcher's click, and from its answer, which comes after the commit.
func (b *bench) streams(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	board, err := b.board(ctx)
	if err != nil {
		return err
	}
	c := clicks{asked: map[string]time.Time{}, answered: map[string]time.Time{}}
	var (
		fromClick, fromAnswer samples
		arrived               sync.WaitGroup // deliveries still expected
		ids                   []string
		followers             = map[string]int{}
		closed                sync.WaitGroup
		failure               = make(chan error, b.cfg.Streams)
	)
	opened := 0
	for customer := 1; customer <= 40 && opened < b.cfg.Streams; customer++ {
		requests, watch, err := b.open(ctx, customer)
		if err != nil {
			return err
		}
		ids = append(ids, requests...)
		perRequest := (b.cfg.Streams + 299) / 300
		for _, id := range requests {
			for range min(perRequest, b.cfg.Streams-opened) {
				stream, err := watch(id)
				if err != nil {
					return err
				}
				if !stream.Receive() {
					return fmt.Errorf("a stream ended at once: %w", stream.Err())
				}
				opened++
				followers[id]++
				closed.Go(func() {
					defer stream.Close() // the context ended it
					for stream.Receive() {
						r := stream.Msg().GetRequest()
						if r == nil {
							continue // a heartbeat
						}
						now, key := time.Now(), fmt.Sprint(r.Id, "@", r.Version)
						c.mu.Lock()
						asked, known := c.asked[key]
						answered, done := c.answered[key]
						c.mu.Unlock()
						if !known {
							continue
						}
						fromClick.add(now.Sub(asked))
						if done {
							fromAnswer.add(now.Sub(answered))
						} else {
							fromAnswer.add(0) // it was there before the answer
						}
						arrived.Done()
					}
					if ctx.Err() == nil {
						failure <- stream.Err()
					}
				})
			}
		}
	}
	versions := map[string]int64{}
	for i := range b.cfg.Changes {
		id := ids[i%len(ids)]
		if followers[id] == 0 {
			continue
		}
		key := fmt.Sprint(id, "@", max(versions[id], 1)+1)
		arrived.Add(followers[id])
		c.mu.Lock()
		c.asked[key] = time.Now()
		c.mu.Unlock()
		res, err := board.AddNote(ctx, &dispatchv1.AddNoteRequest{OperationId: uuid.NewString(), RequestId: id, Text: "loadtest"})
		if err != nil {
			return err
		}
		c.mu.Lock()
		c.answered[key] = time.Now()
		c.mu.Unlock()
		versions[id] = res.Request.Version
	}
	all := make(chan struct{})
	go func() { arrived.Wait(); close(all) }()
	select {
	case <-all:
	case err := <-failure:
		return fmt.Errorf("a stream broke: %w", err)
	case <-time.After(time.Minute):
		return fmt.Errorf("not every change arrived within a minute: %d did", fromClick.count())
	}
	cancel()
	closed.Wait()
	b.printf("streams         %d open, %d changes, %d deliveries, none missing\n", opened, b.cfg.Changes, fromClick.count())
	b.printf("  from commit   p50 %v  p99 %v  (from the answer to the dispatcher, which follows the commit)\n", fromAnswer.at(.5), fromAnswer.at(.99))
	b.printf("  from click    p50 %v  p99 %v  (the call itself included)\n", fromClick.at(.5), fromClick.at(.99))
	return nil
}
