package replay

import (
	"cmp"
	"container/heap"
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// event is something that happens at a time. who is the technician it concerns, nil for the office. act makes its
// calls and gives what follows from it.
type event struct {
	at  time.Time
	who *technician
	act func(ctx context.Context) ([]event, error)
	seq int
}

// agenda holds what is still to happen, earliest first; of one time, in the order it was put there.
type agenda struct {
	events eventHeap
	seq    int
}

func (a *agenda) add(events ...event) {
	for _, e := range events {
		a.seq++
		e.seq = a.seq
		heap.Push(&a.events, e)
	}
}

// next takes everything of the earliest time.
func (a *agenda) next() (at time.Time, batch []event) {
	if len(a.events) == 0 {
		return time.Time{}, nil
	}
	at = a.events[0].at
	for len(a.events) > 0 && a.events[0].at.Equal(at) {
		batch = append(batch, heap.Pop(&a.events).(event))
	}
	return at, batch
}

// run lets a batch happen: technicians at once, each their own events in order, then the office one by one. What
// follows comes back in an order that does not depend on who was faster.
func run(ctx context.Context, batch []event, parallel int) ([]event, error) {
	var office []event
	field := map[*technician][]event{}
	var who []*technician
	for _, e := range batch {
		switch {
		case e.who == nil:
			office = append(office, e)
		default:
			if field[e.who] == nil {
				who = append(who, e.who)
			}
			field[e.who] = append(field[e.who], e)
		}
	}
	slices.SortFunc(who, func(a, b *technician) int { return cmp.Compare(a.index, b.index) })
	follows := make([][]event, len(who))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, t := range who {
		group.Go(func() error {
			for _, e := range field[t] {
				next, err := e.act(groupCtx)
				if err != nil {
					return err
				}
				follows[i] = append(follows[i], next...)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := slices.Concat(follows...)
	for _, e := range office {
		next, err := e.act(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, next...)
	}
	return all, nil
}

type eventHeap []event

func (h eventHeap) Len() int { return len(h) }
func (h eventHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].seq < h[j].seq
}
func (h eventHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push is for container/heap.
func (h *eventHeap) Push(x any) { *h = append(*h, x.(event)) }

// Pop is for container/heap.
func (h *eventHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
