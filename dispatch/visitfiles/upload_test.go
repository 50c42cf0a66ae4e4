package visitfiles_test

import (
	"bytes"
	"context"
	"image"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/dispatch/visitfiles"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
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

// What is kept is a picture without what was hidden in it, served whole and small to those who may see it.
func TestOnlyThePictureIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.send(t, visitfiles.Signature, photo(t, 1))
	first, second := w.send(t, visitfiles.Photo, photo(t, 2)), w.send(t, visitfiles.Photo, photo(t, 3))
	w.start(t, visitfiles.Photo, photo(t, 4)) // never arrives
	files, err := w.OfVisits(t.Context(), []uuid.UUID{w.visit, uuid.New()})
	if err != nil || len(files) != 1 || len(files[w.visit]) != 3 || files[w.visit][0].ID != first.ID || files[w.visit][1].ID != second.ID ||
		files[w.visit][2].Kind != visitfiles.Signature || files[w.visit][0].Width != 500 {
		t.Fatalf("%+v %v", files, err)
	}
	for size, width := range map[string]int{"": 500, "?size=thumb": 480} {
		res := w.serve(t, w.tech.Actor, first.ID, size)
		m, _, err := image.Decode(bytes.NewReader(res.Body.Bytes()))
		if err != nil || m.Bounds().Dx() != width || bytes.Contains(res.Body.Bytes(), []byte("GPS")) {
			t.Errorf("%q: %v %d", size, err, res.Code)
		}
	}
	if swept, err := w.pictures.Sweep(t.Context(), w.DB.Now().Add(48*time.Hour), w.Names); err != nil || swept.Orphans != 0 || swept.MissingCount != 0 {
		t.Errorf("%+v %v", swept, err)
	}
}

// serve fetches a picture as somebody; a refusal is 404.
func (w *world) serve(t *testing.T, actor identity.Actor, id uuid.UUID, query string) *httptest.ResponseRecorder {
	t.Helper()
	mux, res := http.NewServeMux(), httptest.NewRecorder()
	mux.HandleFunc(visitfiles.Path, func(rw http.ResponseWriter, r *http.Request) {
		if err := w.Serve(rw, r); err != nil {
			if fault.ReasonOf(err) != "photo_not_found" {
				t.Error(err)
			}
			rw.WriteHeader(http.StatusNotFound)
		}
	})
	mux.ServeHTTP(res, httptest.NewRequest(http.MethodGet, visitfiles.URL(id)+query, nil).
		WithContext(identity.WithActor(t.Context(), actor)))
	return res
}

// Twelve photos and a signature, however many phones announce at once; each content once; a new signature instead of one that
// did not arrive.
func TestNoMoreThanThereIsRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var group sync.WaitGroup
	var mu sync.Mutex
	var full, taken []string
	for i := range 20 {
		data := photo(t, i%16)
		group.Go(func() {
			up, err := w.Start(context.Background(), w.tech.Actor, uuid.New(), w.announce(visitfiles.Photo, data))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				full = append(full, fault.ReasonOf(err))
			} else {
				taken = append(taken, up.ID.String())
			}
		})
	}
	group.Wait()
	slices.Sort(taken)
	if n := len(slices.Compact(taken)); n != visitfiles.MaxPhotos || len(full) == 0 || slices.ContainsFunc(full, func(r string) bool { return r != "visit_files_full" }) {
		t.Errorf("%d taken, refused: %v", n, full)
	}
	one, two := w.start(t, visitfiles.Signature, photo(t, 30)), w.start(t, visitfiles.Signature, photo(t, 31))
	_, err := w.Service.Get(t.Context(), w.tech.Actor, one.ID)
	wantReason(t, err, "upload_not_found")
	if _, err := goOn(t, w.Service, w.tech.Actor, two, photo(t, 31)); err != nil {
		t.Fatal(err)
	}
	_, err = w.Start(t.Context(), w.tech.Actor, uuid.New(), w.announce(visitfiles.Signature, photo(t, 32)))
	f := fault.From(err)
	if f.Reason != "visit_files_full" || f.Kind != fault.WrongState || f.Params["kind"] != "signature" || f.Params["limit"] != "1" {
		t.Errorf("%v %v", err, f.Params)
	}
	if same := w.start(t, visitfiles.Signature, photo(t, 31)); same.ID != two.ID || same.State != visitfiles.Stored {
		t.Errorf("the same signature: %+v", same)
	}
	// The database knows it too.
	_, err = w.DB.ExecContext(t.Context(), `UPDATE visit_files SET slot = 13 WHERE kind = 'photo' AND slot = 1`)
	if err == nil {
		t.Error("a thirteenth place was taken")
	}
	_, err = w.DB.ExecContext(t.Context(), `UPDATE visit_files SET slot = 2 WHERE kind = 'photo' AND slot = 1`)
	if err == nil {
		t.Error("a place was taken twice")
	}
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

// What arrives is compared with what was announced, and refused for good.
func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	data := photo(t, 1)
	other := bytes.Clone(data)
	other[len(other)/2] ^= 1
	for reason, sent := range map[string]struct{ announced, data []byte }{
		"upload_damaged": {data, other},
		"photo_type":     {[]byte("%PDF-1.7"), []byte("%PDF-1.7")},
		"photo_broken":   {data[:1000], data[:1000]},
	} {
		up := w.start(t, visitfiles.Photo, sent.announced)
		for range 2 {
			_, err := w.Append(t.Context(), w.tech.Actor, up.ID, 0, sent.data)
			wantReason(t, err, reason)
		}
		if up, err := w.Service.Get(t.Context(), w.tech.Actor, up.ID); err != nil || up.State != visitfiles.Refused || up.Refusal != reason {
			t.Errorf("%+v %v", up, err)
		}
	}
	// A refused one takes no place and does not stand in the way of the good one.
	if up := w.send(t, visitfiles.Photo, data); up.State != visitfiles.Stored {
		t.Errorf("%+v", up)
	}
	up := w.start(t, visitfiles.Photo, photo(t, 2))
	_, err := w.Append(t.Context(), w.tech.Actor, up.ID, up.Size, []byte{1})
	wantReason(t, err, "upload_too_long")
	large := w.announce(visitfiles.Photo, nil)
	large.Size = 10<<20 + 1
	_, err = w.Start(t.Context(), w.tech.Actor, uuid.New(), large)
	wantReason(t, err, "photo_too_large")
	if n := w.count(t, `SELECT count(*) FROM blobs`); n != 2 {
		t.Errorf("%d contents", n)
	}
}

// An announcement takes effect once.
func TestAnnouncedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	op, a := uuid.New(), w.announce(visitfiles.Photo, photo(t, 1))
	first, err := w.Start(t.Context(), w.tech.Actor, op, a)
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Forward(time.Minute)
	again, err := w.Start(t.Context(), w.tech.Actor, op, a)
	if err != nil || again.ID != first.ID || !again.Expires.Equal(*first.Expires) {
		t.Errorf("%+v %v", again, err)
	}
	a.Kind = visitfiles.Signature
	_, err = w.Start(t.Context(), w.tech.Actor, op, a)
	wantReason(t, err, "operation_id_reused")
}

// Pictures follow the status by a week, counted from when the server learned of the end: the phone may have been without
// cover for longer.
func TestAWeekAfterTheEndWasKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ended := w.Clock.Now().Add(time.Minute)
	w.Clock.Forward(9 * 24 * time.Hour) // without cover
	w.finish(t, ended)
	if at := w.count(t, `SELECT extract(epoch FROM ended_at)::int FROM visits`); int64(at) != ended.Unix() {
		t.Fatal("the visit did not end when the button was pressed")
	}
	w.Clock.Forward(7*24*time.Hour - time.Second)
	begun := w.start(t, visitfiles.Photo, photo(t, 1))
	w.Clock.Forward(2 * time.Second)
	_, err := w.Start(t.Context(), w.tech.Actor, uuid.New(), w.announce(visitfiles.Photo, photo(t, 2)))
	wantReason(t, err, "visit_files_closed")
	// What was announced in time may still arrive.
	if up, err := goOn(t, w.Service, w.tech.Actor, begun, photo(t, 1)); err != nil || up.State != visitfiles.Stored {
		t.Errorf("%+v %v", up, err)
	}
}

// Pictures of a visit that the office took back are kept with it: the technician was there.
func TestOfAVisitThatWasTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.World.Service.Recall(t.Context(), w.Dispatcher, dispatchtest.Op(), w.request, 0, "x"); err != nil {
		t.Fatal(err)
	}
	other := w.Technician(t, dispatchtest.At(dispatchtest.Oslo))
	w.assign(t, other)
	if up := w.send(t, visitfiles.Photo, photo(t, 1)); up.State != visitfiles.Stored || up.VisitID != w.visit {
		t.Errorf("%+v", up)
	}
}

// Other technicians' uploads and visits are not there; who may see a picture is who has to do with it.
func TestIsolation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.Technician(t, dispatchtest.At(dispatchtest.Oslo))
	mine := w.send(t, visitfiles.Photo, photo(t, 1))
	waiting := w.start(t, visitfiles.Photo, photo(t, 2))
	_, err := w.Start(t.Context(), other.Actor, uuid.New(), w.announce(visitfiles.Photo, photo(t, 3)))
	wantReason(t, err, "visit_not_found")
	elsewhere := w.announce(visitfiles.Photo, photo(t, 3))
	elsewhere.Request = w.Open(t).ID
	_, err = w.Start(t.Context(), w.tech.Actor, uuid.New(), elsewhere)
	wantReason(t, err, "visit_not_found")
	for _, id := range []uuid.UUID{mine.ID, waiting.ID, uuid.New()} {
		_, err := w.Append(t.Context(), other.Actor, id, 0, []byte{1})
		wantReason(t, err, "upload_not_found")
		_, err = w.Service.Get(t.Context(), other.Actor, id)
		wantReason(t, err, "upload_not_found")
	}
	for who, actor := range map[string]identity.Actor{"a customer": w.Customer, "a dispatcher": w.Dispatcher} {
		_, err := w.Start(t.Context(), actor, uuid.New(), w.announce(visitfiles.Photo, photo(t, 3)))
		if fault.ReasonOf(err) != "role_forbidden" {
			t.Errorf("%s: %v", who, err)
		}
	}

	sees := func(who string, actor identity.Actor, id uuid.UUID, want int) {
		t.Helper()
		if got := w.serve(t, actor, id, "").Code; got != want {
			t.Errorf("%s: %d", who, got)
		}
	}
	sees("its technician", w.tech.Actor, mine.ID, http.StatusOK)
	sees("its technician, before it is whole", w.tech.Actor, waiting.ID, http.StatusNotFound)
	sees("staff", w.Dispatcher, mine.ID, http.StatusOK)
	sees("a colleague", other.Actor, mine.ID, http.StatusNotFound)
	sees("a customer of whom nothing is said", w.Customer, mine.ID, http.StatusNotFound)
	sees("a technician who is none", identity.Actor{PersonID: uuid.New(), Role: identity.RoleTechnician}, mine.ID, http.StatusNotFound)
	// The colleague goes to the same device next.
	w.finish(t, w.DB.Now())
	sees("its technician, afterwards", w.tech.Actor, mine.ID, http.StatusOK)
	var device uuid.UUID
	if err := w.DB.NewRaw(`SELECT device_id FROM service_requests WHERE id = ?`, w.request).Scan(t.Context(), &device); err != nil {
		t.Fatal(err)
	}
	next := w.Open(t).ID
	if _, err := w.DB.ExecContext(t.Context(), `UPDATE service_requests SET device_id = ?, version = version + 1 WHERE id = ?`, device, next); err != nil {
		t.Fatal(err)
	}
	sees("a colleague before they go", other.Actor, mine.ID, http.StatusNotFound)
	if _, err := w.World.Service.Assign(t.Context(), w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: next, Technician: other.ID}); err != nil {
		t.Fatal(err)
	}
	sees("a colleague on the way to the device", other.Actor, mine.ID, http.StatusOK)
}

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
