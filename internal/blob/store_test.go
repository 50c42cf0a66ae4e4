package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"utsendt/internal/blob"
	"utsendt/internal/fault"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

// bench is a store under test.
type bench struct {
	blob.Store
	db *postgres.DB
	// off makes the store fail from now on.
	off func()
}

// S3 by a store over HTTP, and the database: one suite for both.
func stores(t *testing.T, test func(t *testing.T, b bench)) {
	t.Run("database", func(t *testing.T) {
		t.Parallel()
		db := pgtest.Open(t, postgres.Config{})
		test(t, bench{blob.NewDatabase(db), db, func() { db.Close() }})
	})
	t.Run("S3", func(t *testing.T) {
		t.Parallel()
		b, _ := objectStore(t)
		test(t, b)
	})
}

func objectStore(t *testing.T) (bench, string) {
	backend := s3mem.New()
	if err := backend.CreateBucket("photos"); err != nil {
		t.Fatal(err)
	}
	fake := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.StdLog(log.New(io.Discard, "", 0)))).Server()
	var broken atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			http.Error(w, "the disk is on fire", http.StatusInternalServerError)
			return
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	store, err := blob.NewS3(blob.S3Config{
		Endpoint: server.URL, Bucket: "photos", Prefix: "a/b/", AccessKey: "key", SecretKey: "secret", Region: "us-east-1", Timeout: 5 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	return bench{store, pgtest.Open(t, postgres.Config{}), func() { broken.Store(true) }}, server.URL
}

func (b bench) put(t *testing.T, content []byte) uuid.UUID {
	t.Helper()
	id := uuid.New()
	write, err := b.Put(t.Context(), id, content)
	if err != nil {
		t.Fatal(err)
	}
	if err := postgres.InTx(t.Context(), b.db, func(ctx context.Context, tx postgres.Tx) error { return write(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
	return id
}

func (b bench) read(t *testing.T, id uuid.UUID) []byte {
	t.Helper()
	c, err := b.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	content, err := io.ReadAll(c)
	if err != nil || int64(len(content)) != c.Size || sha256.Sum256(content) != c.Hash {
		t.Fatalf("%d octets of %d, %v", len(content), c.Size, err)
	}
	return content
}

func (b bench) list(t *testing.T) (ids []uuid.UUID) {
	t.Helper()
	if err := b.List(t.Context(), func(e blob.Entry) error {
		if e.Size <= 0 || time.Since(e.StoredAt).Abs() > time.Hour {
			t.Errorf("%+v", e)
		}
		ids = append(ids, e.ID)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }) {
		t.Errorf("not in order: %v", ids)
	}
	return ids
}

func random(n int) []byte {
	content := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)})
	_, _ = r.Read(content) // never fails
	return content
}

func TestStores(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, b bench) {
		var ids []uuid.UUID
		for _, size := range []int{1, 255, 256 << 10, 256<<10 + 1, 3 << 20} {
			content := random(size)
			id := b.put(t, content)
			if !bytes.Equal(b.read(t, id), content) {
				t.Errorf("%d octets came back otherwise", size)
			}
			ids = append(ids, id)
		}
		if got := b.list(t); len(got) != len(ids) {
			t.Errorf("%d listed", len(got))
		}
		stop := errors.New("enough")
		if err := b.List(t.Context(), func(blob.Entry) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("the listing went on: %v", err)
		}
		// Some are taken away, some twice, some never were.
		if err := b.Delete(t.Context(), ids[0], ids[1], uuid.New()); err != nil {
			t.Error(err)
		}
		if err := b.Delete(t.Context(), ids[0]); err != nil {
			t.Error(err)
		}
		if _, err := b.Open(t.Context(), ids[0]); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("a removed one: %v", err)
		}
		if got := b.list(t); len(got) != len(ids)-2 {
			t.Errorf("%d listed", len(got))
		}
	})
}

// A transaction that is rolled back names nothing; what an object store keeps of it, the sweep removes.
func TestRolledBack(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, b bench) {
		id, no := uuid.New(), errors.New("no")
		write, err := b.Put(t.Context(), id, []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		if err := postgres.InTx(t.Context(), b.db, func(ctx context.Context, tx postgres.Tx) error {
			if err := write(ctx, tx); err != nil {
				return err
			}
			return no
		}); !errors.Is(err, no) {
			t.Fatal(err)
		}
		kept := b.put(t, []byte("y"))
		named := namesOf(kept)
		if swept, err := blob.Sweep(t.Context(), b, named, time.Now().Add(-time.Hour)); err != nil || swept.Orphans != 0 {
			t.Errorf("what is young was swept: %+v %v", swept, err)
		}
		if _, err := blob.Sweep(t.Context(), b, named, time.Now().Add(time.Hour)); err != nil {
			t.Error(err)
		}
		if got := b.list(t); len(got) != 1 || got[0] != kept {
			t.Errorf("left are %v", got)
		}
	})
}

// namesOf names ids.
func namesOf(ids ...uuid.UUID) blob.Names {
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return func(_ context.Context, after uuid.UUID, limit int) (page []uuid.UUID, _ error) {
		for _, id := range ids {
			if slices.Compare(id[:], after[:]) > 0 && len(page) < limit {
				page = append(page, id)
			}
		}
		return page, nil
	}
}

// Orphans are removed, missing contents told, all else is left: over several pages of both.
func TestSweep(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, b bench) {
		var named, missing []uuid.UUID
		for i := range 60 {
			id := b.put(t, []byte{1})
			if i%3 > 0 {
				named = append(named, id)
			}
		}
		for range 1500 {
			missing = append(missing, uuid.New())
		}
		swept, err := blob.Sweep(t.Context(), b, namesOf(append(slices.Clone(named), missing...)...), time.Now().Add(time.Hour))
		if err != nil || swept.Orphans != 20 || swept.MissingCount != 1500 || len(swept.Missing) != 100 {
			t.Fatalf("%d orphans, %d missing, %d told, %v", swept.Orphans, swept.MissingCount, len(swept.Missing), err)
		}
		for _, id := range swept.Missing {
			if !slices.Contains(missing, id) {
				t.Errorf("%s is not missing", id)
			}
		}
		if left := b.list(t); len(left) != len(named) {
			t.Errorf("%d left of %d", len(left), len(named))
		}
	})
}

// What is named between the listing and the removal is not removed.
func TestSweepSparesWhatIsNamedMeanwhile(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, b bench) {
		id := b.put(t, []byte("x"))
		calls := 0
		names := func(ctx context.Context, after uuid.UUID, limit int) ([]uuid.UUID, error) {
			if calls++; calls == 1 {
				return nil, nil
			}
			return namesOf(id)(ctx, after, limit)
		}
		if swept, err := blob.Sweep(t.Context(), b, names, time.Now().Add(time.Hour)); err != nil || swept.Orphans != 0 {
			t.Errorf("%+v %v", swept, err)
		}
		b.read(t, id)
	})
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, b bench) {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				content := random(100_000 + i)
				if id := b.put(t, content); !bytes.Equal(b.read(t, id), content) {
					t.Error("another's content")
				}
			})
		}
		wg.Wait()
	})
}

// A store that is down says so, in words that are no secret, and keeps nothing.
func TestDown(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, b bench) {
		id := b.put(t, []byte("x"))
		b.off()
		told := func(what string, err error) {
			t.Helper()
			if f := fault.From(err); f.Kind != fault.Unavailable || f.Reason != "storage_down" {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := b.Open(t.Context(), id)
		told("open", err)
		told("delete", b.Delete(t.Context(), id))
		told("list", b.List(t.Context(), func(blob.Entry) error { return nil }))
		if _, isDatabase := b.Store.(*blob.Database); !isDatabase { // the database tells at the transaction
			_, err = b.Put(t.Context(), uuid.New(), []byte("y"))
			told("put", err)
		}
		_, err = blob.Sweep(t.Context(), b, namesOf(id), time.Now())
		told("sweep", err)
	})
}

func TestS3Refuses(t *testing.T) {
	t.Parallel()
	for _, cfg := range []blob.S3Config{{}, {Endpoint: "s3.example.com", Bucket: "x"}, {Endpoint: "https://", Bucket: "x"}, {Endpoint: "https://s3.example.com/path", Bucket: "x"}, {Endpoint: "https://s3.example.com"}} {
		if _, err := blob.NewS3(cfg); err == nil {
			t.Errorf("%+v was taken", cfg)
		}
	}
	// A bucket that is not there is a mistake of the operator, not a missing content.
	_, url := objectStore(t)
	store, err := blob.NewS3(blob.S3Config{Endpoint: url, Bucket: "nowhere", Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), uuid.New()); fault.ReasonOf(err) != "storage_down" && !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("open: %v", err)
	}
	if _, err := store.Put(t.Context(), uuid.New(), []byte("x")); fault.ReasonOf(err) != "storage_down" {
		t.Errorf("put: %v", err)
	}
}
