package visitfiles_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch/visitfiles"
)

// What nobody goes on with is removed, with its pieces, and only that.
func TestTidy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stored, abandoned := w.send(t, visitfiles.Photo, photo(t, 1)), w.start(t, visitfiles.Photo, photo(t, 2))
	if _, err := w.Append(t.Context(), w.tech.Actor, abandoned.ID, 0, photo(t, 2)[:500]); err != nil {
		t.Fatal(err)
	}
	// All of it arrived, and the server died before it made a picture of it.
	whole := w.start(t, visitfiles.Photo, photo(t, 3))
	if _, err := w.DB.ExecContext(t.Context(), `WITH piece AS (INSERT INTO visit_file_pieces VALUES (?0, 0, ?1))
		UPDATE visit_files SET received = announced WHERE id = ?0`, whole.ID, photo(t, 3)); err != nil {
		t.Fatal(err)
	}
	w.Clock.Forward(47 * time.Hour)
	fresh := w.start(t, visitfiles.Photo, photo(t, 4))
	for _, step := range []struct {
		after             time.Duration
		finished, removed int
	}{{0, 1, 0}, {2 * time.Hour, 0, 1}, {time.Hour, 0, 0}} {
		w.Clock.Forward(step.after)
		if tidied, err := w.Tidy(t.Context()); err != nil || tidied.Finished != step.finished || tidied.Removed != step.removed {
			t.Errorf("after %v: %+v %v", step.after, tidied, err)
		}
	}
	for id, want := range map[uuid.UUID]visitfiles.State{stored.ID: visitfiles.Stored, whole.ID: visitfiles.Stored, fresh.ID: visitfiles.Receiving} {
		if up, err := w.Service.Get(t.Context(), w.tech.Actor, id); err != nil || up.State != want {
			t.Errorf("%+v %v", up, err)
		}
	}
	_, err := w.Append(t.Context(), w.tech.Actor, abandoned.ID, 500, []byte{1})
	wantReason(t, err, "upload_not_found")
	if n := w.count(t, `SELECT count(*) FROM visit_file_pieces`); n != 0 {
		t.Errorf("%d pieces are left", n)
	}
}
