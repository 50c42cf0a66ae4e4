package visitfiles_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch/dispatchtest"
	"utsendt/dispatch/visitfiles"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
)

// killed makes the test binary a server that takes pieces until it is killed, instead of tests.
const killed = "UTSENDT_TEST_VISITFILES_KILLED"

// errand is what that server does.
type errand struct {
	Database string
	Actor    identity.Actor
	Upload   uuid.UUID
	Data     []byte
	Piece    int64
}

func init() {
	if os.Getenv(killed) == "" {
		return
	}
	if err := runErrand(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func runErrand() error {
	var e errand
	if err := json.NewDecoder(os.Stdin).Decode(&e); err != nil {
		return err
	}
	ctx := context.Background()
	db, err := postgres.Open(ctx, postgres.Config{URL: e.Database, MaxConns: 3})
	if err != nil {
		return err
	}
	_, s := service(db)
	up, err := s.Get(ctx, e.Actor, e.Upload)
	if err != nil {
		return err
	}
	for up.State == visitfiles.Receiving {
		fmt.Println(up.Received) // about to go on from here
		if up, err = s.Append(ctx, e.Actor, e.Upload, up.Received, e.Data[up.Received:min(up.Received+e.Piece, up.Size)]); err != nil {
			return err
		}
	}
	fmt.Println("stored")
	return nil
}

// A server is killed with SIGKILL again and again, at whatever it is doing, and another goes on from where the database
// says. The file is kept once and whole, and nothing else is left.
func TestKilledWhileReceiving(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	db, err := postgres.Open(t.Context(), postgres.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the test is over
	clock := dispatchtest.NewClock(time.Now())
	w := &world{World: dispatchtest.On(t, db, clock)}
	w.pictures, w.Service = service(db)
	w.tech = w.Technician(t, dispatchtest.At(dispatchtest.Oslo))
	w.request = w.Open(t).ID
	w.visit = w.assign(t, w.tech)
	data := photo(t, 5)
	up := w.start(t, visitfiles.Photo, data)
	order, err := json.Marshal(errand{Database: url, Actor: w.tech.Actor, Upload: up.ID, Data: data, Piece: int64(len(data))/12 + 1})
	if err != nil {
		t.Fatal(err)
	}
	kills := 0
	for run := 0; ; run++ {
		cmd := exec.Command(os.Args[0])
		cmd.Env, cmd.Stdin, cmd.Stderr = append(os.Environ(), killed+"=1"), bytes.NewReader(order), os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		stored, heard := false, 0
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			stored = lines.Text() == "stored"
			// The first dies at once, later ones a little later in what they do; sooner or later one gets through.
			if heard++; !stored && heard > run/5 && run < 40 {
				time.Sleep(time.Duration(run%5) * 2 * time.Millisecond)
				_ = cmd.Process.Kill() // it may have ended
				kills++
				break
			}
		}
		_ = cmd.Wait() // killed, as a rule
		if stored {
			break
		}
		if run > 60 {
			t.Fatal("it is never stored")
		}
	}
	if kills < 5 {
		t.Errorf("killed %d times only", kills)
	}
	if got, err := w.Service.Get(t.Context(), w.tech.Actor, up.ID); err != nil || got.State != visitfiles.Stored {
		t.Errorf("%+v %v", got, err)
	}
	files, err := w.OfVisits(t.Context(), []uuid.UUID{w.visit})
	if err != nil || len(files[w.visit]) != 1 || files[w.visit][0].Width != 500 {
		t.Errorf("%+v %v", files, err)
	}
	if pieces, blobs := w.count(t, `SELECT count(*) FROM visit_file_pieces`), w.count(t, `SELECT count(*) FROM blobs`); pieces != 0 || blobs != 2 {
		t.Errorf("%d pieces, %d contents", pieces, blobs)
	}
	t.Logf("killed %d times", kills)
}
