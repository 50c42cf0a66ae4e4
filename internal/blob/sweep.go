package blob

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Names tells which contents are named: all whose id lies after one, in the order of their ids, at most so many.
type Names func(ctx context.Context, after uuid.UUID, limit int) ([]uuid.UUID, error)

// Swept is what a Sweep found.
type Swept struct {
	// Orphans were stored, named by nobody, and are removed.
	Orphans int
	// Missing are named and not stored: only a backup has them. At most a hundred are listed; MissingCount counts all.
	Missing      []uuid.UUID
	MissingCount int
}

// missingListed is how many missing contents are told by id.
const missingListed = 100

// Sweep compares what is stored with what is named. Contents put after youngest are left alone: whoever puts them may not
// have committed yet. Those that are named by rows written while it runs do not disturb it.
func Sweep(ctx context.Context, store Store, names Names, youngest time.Time) (Swept, error) {
	var swept Swept
	named := &walker{names: names}
	var orphans []uuid.UUID
	missing := func(id uuid.UUID) {
		swept.MissingCount++
		if len(swept.Missing) < missingListed {
			swept.Missing = append(swept.Missing, id)
		}
	}
	err := store.List(ctx, func(e Entry) error {
		for {
			id, ok, err := named.peek(ctx)
			if err != nil {
				return err
			}
			switch order := slices.Compare(id[:], e.ID[:]); {
			case ok && order < 0:
				missing(id)
				named.skip()
				continue
			case ok && order == 0:
				named.skip()
			case e.StoredAt.Before(youngest):
				orphans = append(orphans, e.ID)
			}
			return nil
		}
	})
	if err != nil {
		return swept, err
	}
	for {
		id, ok, err := named.peek(ctx)
		if err != nil {
			return swept, err
		}
		if !ok {
			break
		}
		missing(id)
		named.skip()
	}
	// What looked like an orphan may be named by now, and what looked missing may only have been put since the listing.
	if orphans, err = stillUnnamed(ctx, names, orphans); err != nil {
		return swept, err
	}
	if err := swept.recheck(ctx, store); err != nil {
		return swept, err
	}
	swept.Orphans = len(orphans)
	return swept, store.Delete(ctx, orphans...)
}

// recheck asks the store again for what was not in its list.
func (s *Swept) recheck(ctx context.Context, store Store) error {
	var still []uuid.UUID
	for _, id := range s.Missing {
		c, err := store.Open(ctx, id)
		switch {
		case err == nil:
			_ = c.Close() // only its being there counts
			s.MissingCount--
		case err == ErrNotFound:
			still = append(still, id)
		default:
			return err
		}
	}
	s.Missing = still
	return nil
}

func stillUnnamed(ctx context.Context, names Names, ids []uuid.UUID) ([]uuid.UUID, error) {
	var still []uuid.UUID
	for _, id := range ids {
		before := id
		for i := len(before) - 1; i >= 0; i-- { // the id just before
			before[i]--
			if before[i] != 0xff {
				break
			}
		}
		next, err := names(ctx, before, 1)
		if err != nil {
			return nil, err
		}
		if len(next) == 0 || next[0] != id {
			still = append(still, id)
		}
	}
	return still, nil
}

// walker reads names page by page.
type walker struct {
	names Names
	page  []uuid.UUID
	last  uuid.UUID
	ended bool
}

func (w *walker) peek(ctx context.Context) (uuid.UUID, bool, error) {
	const size = 1000
	if len(w.page) == 0 && !w.ended {
		page, err := w.names(ctx, w.last, size)
		if err != nil {
			return uuid.Nil, false, err
		}
		w.page, w.ended = page, len(page) < size
		if len(page) > 0 {
			w.last = page[len(page)-1]
		}
	}
	if len(w.page) == 0 {
		return uuid.Nil, false, nil
	}
	return w.page[0], true, nil
}

func (w *walker) skip() { w.page = w.page[1:] }
