package visitfiles_test

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
	"utsendt/dispatch/visitfiles"
	"utsendt/internal/blob"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/picture"
	"utsendt/internal/picturestore"
	"utsendt/internal/postgres"
)

// world is a technician on site.
type world struct {
	*dispatchtest.World
	*visitfiles.Service
	pictures       *picturestore.Store
	tech           dispatchtest.Technician
	request, visit uuid.UUID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: dispatchtest.New(t)}
	w.pictures, w.Service = service(w.DB)
	w.tech = w.Technician(t, dispatchtest.At(dispatchtest.Oslo))
	w.request = w.Open(t).ID
	w.visit = w.assign(t, w.tech)
	w.depart(t)
	return w
}

func service(db *postgres.DB) (*picturestore.Store, *visitfiles.Service) {
	log := slog.New(slog.DiscardHandler)
	pictures := picturestore.New(blob.NewDatabase(db), picture.Limits{}, log)
	return pictures, visitfiles.New(visitfiles.Config{DB: db, Pictures: pictures, Logger: log})
}

func (w *world) assign(t *testing.T, to dispatchtest.Technician) uuid.UUID {
	t.Helper()
	r, err := w.World.Service.Assign(t.Context(), w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: w.request, Technician: to.ID})
	if err != nil {
		t.Fatal(err)
	}
	return r.Visit.ID
}

func (w *world) depart(t *testing.T) {
	t.Helper()
	for _, step := range []func() error{
		func() error {
			_, err := w.World.Service.Depart(t.Context(), w.tech.Actor, dispatchtest.Op(), w.request)
			return err
		},
		func() error {
			_, err := w.World.Service.Arrive(t.Context(), w.tech.Actor, dispatchtest.Op(), w.request)
			return err
		},
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
}

// finish ends the visit at a time of the phone's.
func (w *world) finish(t *testing.T, at time.Time) {
	t.Helper()
	op := dispatchtest.PhoneOp(at, w.DB.Now())
	op.Visit = w.visit
	if _, err := w.World.Service.Finish(t.Context(), w.tech.Actor, op, w.request, dispatch.Completion{Outcome: dispatch.Solved}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) announce(kind visitfiles.Kind, data []byte) visitfiles.Announcement {
	return visitfiles.Announcement{Request: w.request, Visit: w.visit, Kind: kind, Size: int64(len(data)), Digest: sha256.Sum256(data)}
}

func (w *world) start(t *testing.T, kind visitfiles.Kind, data []byte) visitfiles.Upload {
	t.Helper()
	up, err := w.Start(t.Context(), w.tech.Actor, uuid.New(), w.announce(kind, data))
	if err != nil {
		t.Fatal(err)
	}
	return up
}

// send is a whole upload.
func (w *world) send(t *testing.T, kind visitfiles.Kind, data []byte) visitfiles.Upload {
	t.Helper()
	up := w.start(t, kind, data)
	up, err := goOn(t, w.Service, w.tech.Actor, up, data)
	if err != nil {
		t.Fatal(err)
	}
	return up
}

// goOn sends what is missing, as a phone does.
func goOn(t *testing.T, s *visitfiles.Service, actor identity.Actor, up visitfiles.Upload, data []byte) (visitfiles.Upload, error) {
	t.Helper()
	const piece = 8_000
	for up.State == visitfiles.Receiving {
		next, err := s.Append(t.Context(), actor, up.ID, up.Received, data[up.Received:min(up.Received+piece, int64(len(data)))])
		if err != nil {
			return up, err
		}
		up = next
	}
	return up, nil
}

// photo is a JPEG of some dozen kilobytes, another for each n, with a place hidden in it.
func photo(t testing.TB, n int) []byte { return sized(t, n, 500, 200) }

func sized(t testing.TB, n, width, height int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = uint8(i * (i>>7 + n))
	}
	m.Set(0, 0, color.Gray{uint8(n)})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), "GPS 59.913868N"...)
}

func wantReason(t *testing.T, err error, reason string) {
	t.Helper()
	if fault.ReasonOf(err) != reason {
		t.Errorf("error is %v, want %q", err, reason)
	}
}

func (w *world) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := w.DB.NewRaw(query, args...).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}
