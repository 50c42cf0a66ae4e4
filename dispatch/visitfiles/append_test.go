package visitfiles_test

import (
	"context"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"utsendt/dispatch/visitfiles"
)

// Pieces in any order, of any length, many times over: what is kept is what was announced, once, and an answer always says
// where to go on.
func TestPiecesInAnyOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const sizes = 8 // small ones, made once: pictures take longer to make than to send
	var photos [sizes][]byte
	for i := range photos {
		photos[i] = sized(t, i, 100+i, 60)
	}
	rapid.Check(t, func(r *rapid.T) {
		if _, err := w.DB.ExecContext(t.Context(), `DELETE FROM visit_files`); err != nil {
			r.Fatal(err)
		}
		data := photos[rapid.IntRange(0, sizes-1).Draw(r, "photo")]
		up := w.start(t, visitfiles.Photo, data)
		size, received := int64(len(data)), int64(0)
		for step := 0; up.State == visitfiles.Receiving; step++ {
			offset := rapid.Int64Range(0, size).Draw(r, "offset")
			if step > 6 || rapid.Bool().Draw(r, "as told") {
				offset = up.Received
			}
			length := rapid.Int64Range(0, min(2_500, size-offset)).Draw(r, "length")
			if step > 6 {
				length = min(4_000, size-offset)
			}
			next, err := w.Append(t.Context(), w.tech.Actor, up.ID, offset, data[offset:offset+length])
			if err != nil {
				r.Fatal(err)
			}
			want := received
			if offset <= received {
				want = max(received, offset+length)
			}
			if next.Received != want || next.Size != size || next.ID != up.ID {
				r.Fatalf("%+v after a piece of %d at %d, want %d", next, length, offset, want)
			}
			if asked, err := w.Service.Get(t.Context(), w.tech.Actor, up.ID); err != nil || asked.Received != want || asked.State != next.State {
				r.Fatalf("asked: %+v %v", asked, err)
			}
			up, received = next, want
		}
		again, err := w.Append(t.Context(), w.tech.Actor, up.ID, 0, data[:1000])
		if err != nil || again != up || up.State != visitfiles.Stored || up.Expires != nil {
			r.Fatalf("again: %+v %v", again, err)
		}
		if left := w.count(t, `SELECT count(*) FROM visit_file_pieces`); left != 0 {
			r.Fatalf("%d pieces are left", left)
		}
	})
}

// Two at once finish one file: it is kept once, and nothing is left in the store.
func TestTwoFinishAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	data := photo(t, 1)
	up := w.start(t, visitfiles.Photo, data)
	half := int64(len(data) / 2)
	if _, err := w.Append(t.Context(), w.tech.Actor, up.ID, 0, data[:half]); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			if done, err := w.Append(context.Background(), w.tech.Actor, up.ID, half, data[half:]); err != nil || done.State != visitfiles.Stored {
				t.Errorf("%+v %v", done, err)
			}
		})
	}
	group.Wait()
	if files, blobs := w.count(t, `SELECT count(*) FROM visit_files`), w.count(t, `SELECT count(*) FROM blobs`); files != 1 || blobs != 2 {
		t.Errorf("%d files, %d contents", files, blobs)
	}
	if lines := w.count(t, `SELECT count(*) FROM audit_trail WHERE action = 'visit_file.stored'`); lines != 1 {
		t.Errorf("%d lines in the trail", lines)
	}
}
