package identity

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
)

func TestAuthenticateGivesTheActor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.dispatcher(t, "known")
	token, session := w.signIn(t, "known", SessionWeb)
	actor, got, err := w.Authenticate(t.Context(), token, "198.51.100.9")
	if err != nil {
		t.Fatal(err)
	}
	want := Actor{
		PersonID: person.ID, Role: RoleDispatcher, SessionID: session.ID, FirstName: "Demo", LastName: "Dispatcher",
		Language: "nb", Address: "198.51.100.9",
	}
	if actor != want {
		t.Errorf("actor is %+v, want %+v", actor, want)
	}
	if got.ID != session.ID || !got.ExpiresAt.Equal(session.ExpiresAt) {
		t.Errorf("session is %+v, want %+v", got, session)
	}
	if again, err := w.Recheck(t.Context(), session.ID); err != nil || again.PersonID != person.ID {
		t.Errorf("recheck: %+v, %v", again, err)
	}
}

func TestGarbageTokensAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatcher(t, "known")
	token, _ := w.signIn(t, "known", SessionWeb)
	stranger, _ := newToken()
	for _, bad := range []string{
		"", "uts_", "x", stranger, token + "A", token[:len(token)-1], strings.TrimPrefix(token, "uts_"),
		" " + token, strings.ToUpper(token), "uts_" + strings.Repeat("é", 21) + "a", token[:46] + "\x00",
		"uts_" + strings.Repeat("=", 43), "uts_' OR 1=1 --",
	} {
		_, _, err := w.Authenticate(t.Context(), bad, address)
		wantFault(t, err, fault.Unauthenticated, "session_over")
	}
}

func TestWebSessionsExpire(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatcher(t, "known")
	start := w.clock.read()
	idle, _ := w.signIn(t, "known", SessionWeb)
	used, session := w.signIn(t, "known", SessionWeb)

	w.clock.turn(11 * time.Hour)
	w.mustBeIn(t, used)
	w.clock.turn(time.Hour)
	w.mustBeOut(t, idle)
	if _, err := w.Recheck(t.Context(), session.ID); err != nil {
		t.Errorf("the used session is over: %v", err)
	}
	// Used all the time, it still ends 30 days after sign-in.
	for w.clock.read().Before(start.Add(30*24*time.Hour - 11*time.Hour)) {
		w.mustBeIn(t, used)
		w.clock.turn(11 * time.Hour)
	}
	w.mustBeIn(t, used)
	w.clock.turn(start.Add(30*24*time.Hour - time.Second).Sub(w.clock.read()))
	w.mustBeIn(t, used)
	w.clock.turn(time.Second)
	w.mustBeOut(t, used)
	_, err := w.Recheck(t.Context(), session.ID)
	wantFault(t, err, fault.Unauthenticated, "session_over")
}

func TestDeviceSessionsSlide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatcher(t, "known")
	token, _ := w.signIn(t, "known", SessionDevice)
	for range 6 {
		w.clock.turn(89 * 24 * time.Hour)
		w.mustBeIn(t, token)
	}
	w.clock.turn(90 * 24 * time.Hour)
	w.mustBeOut(t, token)
}

func (w *world) mustBeIn(t *testing.T, token string) {
	t.Helper()
	if _, _, err := w.Authenticate(t.Context(), token, address); err != nil {
		t.Fatalf("after %s: %v", w.clock.read(), err)
	}
}

func (w *world) mustBeOut(t *testing.T, token string) {
	t.Helper()
	_, _, err := w.Authenticate(t.Context(), token, address)
	wantFault(t, err, fault.Unauthenticated, "session_over")
}

func TestUseIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dispatcher(t, "known")
	token, session := w.signIn(t, "known", SessionWeb)
	seen := func() (time.Time, string) {
		var at time.Time
		var from string
		if err := w.db.NewRaw("SELECT last_seen_at, address FROM sessions WHERE id = ?", session.ID).Scan(t.Context(), &at, &from); err != nil {
			t.Fatal(err)
		}
		return at.UTC(), from
	}
	begun := w.clock.read()
	for _, step := range []struct {
		turn time.Duration
		at   time.Duration
		from string
	}{{59 * time.Second, 0, address}, {time.Second, time.Minute, "198.51.100.9"}, {30 * time.Second, time.Minute, "198.51.100.9"}} {
		w.clock.turn(step.turn)
		if _, _, err := w.Authenticate(t.Context(), token, "198.51.100.9"); err != nil {
			t.Fatal(err)
		}
		if at, from := seen(); !at.Equal(begun.Add(step.at)) || from != step.from {
			t.Errorf("seen %s from %s, want %s from %s", at, from, begun.Add(step.at), step.from)
		}
	}
}

func TestEndedSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	person, other := w.dispatcher(t, "known"), w.dispatcher(t, "other")
	one, first := w.signIn(t, "known", SessionWeb)
	w.clock.turn(time.Second)
	two, second := w.signIn(t, "known", SessionDevice)

	sessions, err := w.ListSessions(ctx, person.ID)
	if err != nil || len(sessions) != 2 || sessions[0].ID != second.ID || sessions[1].ID != first.ID {
		t.Fatalf("sessions are %+v, %v", sessions, err)
	}
	wantFault(t, w.EndSession(ctx, other.ID, first.ID), fault.NotFound, "session_not_found")
	wantFault(t, w.EndSession(ctx, person.ID, uuid.New()), fault.NotFound, "session_not_found")
	w.mustBeIn(t, one)
	for range 2 { // again is no error
		if err := w.EndSession(ctx, person.ID, first.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.mustBeOut(t, one)
	w.mustBeIn(t, two)
	for range 2 {
		if err := w.SignOut(ctx, second.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.mustBeOut(t, two)
	if sessions, err := w.ListSessions(ctx, person.ID); err != nil || len(sessions) != 0 {
		t.Errorf("%d sessions, %v; want none", len(sessions), err)
	}
}

func TestPurgeRemovesOnlyWhatIsLongOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.dispatcher(t, "known")
	w.signIn(t, "known", SessionWeb)                // expires after 12 hours
	_, ended := w.signIn(t, "known", SessionDevice) // ended at once
	kept, _ := w.signIn(t, "known", SessionDevice)
	if err := w.SignOut(ctx, ended.ID); err != nil {
		t.Fatal(err)
	}
	_ = w.try(ctx, "known", "wrong", address)
	count := func(table string) (n int) {
		if err := w.db.NewRaw("SELECT count(*) FROM ?", bunIdent(table)).Scan(ctx, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	purge := func(ctx context.Context) {
		if err := w.Purge(ctx); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.turn(13 * time.Hour)
	purge(ctx)
	if s, f := count("sessions"), count("sign_in_throttle"); s != 3 || f != 2 {
		t.Fatalf("%d sessions and %d failures, want 3 and 2", s, f)
	}
	w.clock.turn(30 * 24 * time.Hour)
	purge(ctx)
	if s, f := count("sessions"), count("sign_in_throttle"); s != 1 || f != 0 {
		t.Fatalf("%d sessions and %d failures, want 1 and 0", s, f)
	}
	w.mustBeIn(t, kept)
}
