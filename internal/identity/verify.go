package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// proof is a person whose password was right.
type proof struct {
	Person `bun:",extend"`
	// temporary tells that it was their temporary password.
	temporary bool
	// outdated tells that the password's hash should be made anew.
	outdated bool

	TemporaryHash      []byte       `bun:"temporary_hash,scanonly"`
	TemporaryExpiresAt bun.NullTime `bun:"temporary_expires_at,scanonly"`
	TemporaryUsedAt    bun.NullTime `bun:"temporary_used_at,scanonly"`
	TemporarySession   uuid.UUID    `bun:"temporary_session,type:uuid,nullzero,scanonly"`
}

// verify finds the active person with the user ID and password, and holds guessing back. Whatever it finds,
// it makes the same statements and computes one hash, unless it refuses before, and a failure is answered no
// sooner than failuresTake. session is where the person is already, uuid.Nil for none: in the session that a
// temporary password began it counts again. On success the failure counted beforehand is still there; the
// caller clears it.
func (s *Service) verify(ctx context.Context, userID, password, address string, session uuid.UUID) (proof, error) {
	begun := time.Now()
	p, err := s.check(ctx, userID, password, address, session)
	if errors.Is(err, errSignInFailed) {
		s.level(ctx, begun)
	}
	return p, err
}

// level waits until s.failuresTake after the beginning: a hash from elsewhere takes another time than ours,
// which would tell that there is such a person.
func (s *Service) level(ctx context.Context, begun time.Time) {
	timer := time.NewTimer(time.Until(begun.Add(s.failuresTake)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (s *Service) check(ctx context.Context, userID, password, address string, session uuid.UUID) (proof, error) {
	user, from := userKey(userID), addressKey(address)
	// Refusing is cheap: no hash, no queue.
	if err := s.throttled(ctx, user, from); err != nil {
		return proof{}, err
	}
	release, err := s.hasher.acquire(ctx)
	if err != nil {
		return proof{}, err
	}
	defer release()
	// The attempt counts as failed before its outcome is known; otherwise many attempts at once would all
	// be let in on the count before the first. An address is counted after, because the many people behind
	// it may well sign in at once.
	if err := s.count(ctx, userGuard, user); err != nil {
		return proof{}, err
	}
	found, err := s.credentials(ctx, userID)
	if err != nil {
		return proof{}, err
	}
	ok, outdated, err := s.hasher.verifyNow(password, found.PasswordHash)
	if err != nil {
		return proof{}, err
	}
	found.outdated = ok && outdated
	found.temporary = found.fitsTemporary(password, session, s.db.Now())
	if !ok && !found.temporary || found.DisabledAt != nil {
		if err := s.countAddress(ctx, from); err != nil {
			return proof{}, err
		}
		return proof{}, errSignInFailed
	}
	return found, nil
}

// countAddress counts a failure for an address, if there is one, even when the caller is gone by now. That it
// must wait is for the next try to learn.
func (s *Service) countAddress(ctx context.Context, key string) error {
	if key == "" {
		return nil
	}
	err := s.count(context.WithoutCancel(ctx), addressGuard, key)
	if fault.KindOf(err) == fault.Limited {
		return nil
	}
	return err
}

// credentials reads what a person can prove who they are with; nothing when there is no such person.
func (s *Service) credentials(ctx context.Context, userID string) (proof, error) {
	var found proof
	err := s.db.NewSelect().Model(&found).ColumnExpr("person.*").
		ColumnExpr("t.hash AS temporary_hash, t.expires_at AS temporary_expires_at, t.used_at AS temporary_used_at").
		ColumnExpr("t.session_id AS temporary_session").
		Join("LEFT JOIN temporary_passwords AS t ON t.person_id = person.id").
		Where("person.user_id = ?", userID).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return proof{}, fmt.Errorf("identity: reading a person: %w", err)
	}
	return found, nil
}

// fitsTemporary reports whether the password is the temporary one, and counts: unused and in time, or in the
// session that it began.
func (p proof) fitsTemporary(password string, session uuid.UUID, now time.Time) bool {
	sum := sha256.Sum256([]byte(strings.TrimSpace(password)))
	if subtle.ConstantTimeCompare(sum[:], p.TemporaryHash) != 1 {
		return false
	}
	if session != uuid.Nil && p.TemporarySession == session {
		return true
	}
	return session == uuid.Nil && p.TemporaryUsedAt.IsZero() && now.Before(p.TemporaryExpiresAt.Time)
}
