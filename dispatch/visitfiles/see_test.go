package visitfiles_test

import (
	"bytes"
	"image"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/dispatch/visitfiles"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

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
