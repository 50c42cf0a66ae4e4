package picturestore_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/blob"
	"utsendt/internal/fault"
	"utsendt/internal/picture"
	"utsendt/internal/picturestore"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

// table names what it holds, as a domain's table does.
type table []uuid.UUID

func (names *table) add(k picturestore.Kept) {
	*names = append(*names, k.ContentID, k.ThumbnailID)
	slices.SortFunc(*names, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
}

func (names *table) page(_ context.Context, after uuid.UUID, limit int) (page []uuid.UUID, _ error) {
	for _, id := range *names {
		if slices.Compare(id[:], after[:]) > 0 && len(page) < limit {
			page = append(page, id)
		}
	}
	return page, nil
}

// The sweep asks every table: what any of them names stays, what none does goes, and a table that does not answer stops it.
func TestSweepAsksEveryTable(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := picturestore.New(blob.NewDatabase(db), picture.Limits{}, slog.New(slog.DiscardHandler))
	var file bytes.Buffer
	if err := jpeg.Encode(&file, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	put := func() picturestore.Kept {
		t.Helper()
		kept, write, err := s.Put(t.Context(), file.Bytes())
		if err == nil {
			err = postgres.InTx(t.Context(), db, write)
		}
		if err != nil || kept.Width != 40 || kept.Height != 30 || kept.ContentType != "image/jpeg" || kept.Size == 0 {
			t.Fatalf("%+v %v", kept, err)
		}
		return kept
	}
	var photos, files table
	for range 5 {
		photos.add(put())
		files.add(put())
	}
	put() // named by nobody
	later := db.Now().Add(2 * time.Hour)
	broken := errors.New("no answer")
	if _, err := s.Sweep(t.Context(), later, photos.page, func(context.Context, uuid.UUID, int) ([]uuid.UUID, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("swept without a table: %v", err)
	}
	if swept, err := s.Sweep(t.Context(), db.Now(), photos.page, files.page); err != nil || swept.Orphans != 0 {
		t.Errorf("what is young was swept: %+v %v", swept, err)
	}
	for _, orphans := range []int{2, 0} {
		if swept, err := s.Sweep(t.Context(), later, photos.page, files.page); err != nil || swept.Orphans != orphans || swept.MissingCount != 0 {
			t.Errorf("%+v %v, want %d orphans", swept, err, orphans)
		}
	}
	gone := picturestore.Kept{ContentID: photos[0]}
	if err := s.Delete(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	if swept, err := s.Sweep(t.Context(), later, photos.page, files.page); err != nil || swept.MissingCount != 1 || swept.Missing[0] != gone.ContentID {
		t.Errorf("%+v %v", swept, err)
	}
	_, _, err := s.Put(t.Context(), []byte("no picture"))
	if fault.ReasonOf(err) != "photo_type" {
		t.Errorf("%v", err)
	}
}
