package visitfiles_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch/dispatchtest"
	"utsendt/dispatch/visitfiles"
	"utsendt/internal/fault"
)

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
