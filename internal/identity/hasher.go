package identity

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/alexedwards/argon2id"
	"golang.org/x/sync/semaphore"

	"utsendt/internal/fault"
)

// hashParams is the cost of new hashes: 19 MiB, two passes, one lane (OWASP's second choice; about 54 ms on
// one core of a small server).
var hashParams = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// queuePerSlot bounds how many callers wait for each hash that may run at once; at 54 ms a hash the last in
// the queue waits about two seconds.
const queuePerSlot = 40

// hasher makes and checks password hashes, a bounded number at once: each takes a core and 19 MiB.
type hasher struct {
	params  argon2id.Params
	slots   *semaphore.Weighted
	waiting atomic.Int64
	queue   int64
	// dummy is a hash that no password is known for, to do the same work where there is no hash.
	dummy string
	// runs counts the hashes computed, so that tests can compare work instead of wall time.
	runs atomic.Int64
}

func newHasher(params argon2id.Params, concurrent int) *hasher {
	if concurrent <= 0 {
		concurrent = max(1, runtime.GOMAXPROCS(0))
	}
	token, _ := newToken()
	dummy, err := argon2id.CreateHash(token, &params)
	if err != nil { // only when there is no randomness, which crypto/rand rules out
		panic(fmt.Sprintf("identity: hashing: %v", err))
	}
	return &hasher{
		params: params, dummy: dummy,
		slots: semaphore.NewWeighted(int64(concurrent)),
		queue: int64(concurrent) * (queuePerSlot + 1),
	}
}

// acquire waits for the right to compute hashes until release is called. When too many wait already it is
// Limited at once.
func (h *hasher) acquire(ctx context.Context) (release func(), err error) {
	if h.waiting.Add(1) > h.queue {
		h.waiting.Add(-1)
		return nil, fault.NewLimited("sign_in_busy", "Too many people are signing in just now. Please try again.",
			2*time.Second)
	}
	if err := h.slots.Acquire(ctx, 1); err != nil {
		h.waiting.Add(-1)
		return nil, err
	}
	return func() {
		h.slots.Release(1)
		h.waiting.Add(-1)
	}, nil
}

// hash makes a hash; it waits for its turn.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	release, err := h.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return h.hashNow(password)
}

// hashNow makes a hash; the caller holds a slot.
func (h *hasher) hashNow(password string) (string, error) {
	h.runs.Add(1)
	hash, err := argon2id.CreateHash(password, &h.params)
	if err != nil {
		return "", fmt.Errorf("identity: hashing a password: %w", err)
	}
	return hash, nil
}

// verifyNow reports whether the password fits the hash, and whether the hash is argon2id made with other
// parameters than today's. An empty hash fits nothing but costs the same. A hash from elsewhere is never
// outdated: it goes when its owner chooses a new password. The caller holds a slot.
func (h *hasher) verifyNow(password, hash string) (ok, outdated bool, err error) {
	none := hash == ""
	if none {
		hash = h.dummy
	}
	h.runs.Add(1)
	if OldHash(hash) {
		ok, err = checkOldHash(password, hash)
		return ok, false, err
	}
	match, params, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, fmt.Errorf("identity: reading a stored password hash: %w", err)
	}
	return match && !none, *params != h.params, nil
}
