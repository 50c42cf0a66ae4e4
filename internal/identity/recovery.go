package identity

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// recoveryGuard: from the fifth try within a day on there is a wait.
var recoveryGuard = guard{free: 4, forget: 24 * time.Hour}

// secured is a person with their security questions, as far as recovery needs it; zero for nobody.
type secured struct {
	ID        uuid.UUID `bun:"id,type:uuid"`
	Question1 string    `bun:"question1"`
	Question2 string    `bun:"question2"`
	Hash1     string    `bun:"hash1"`
	Hash2     string    `bun:"hash2"`
}

// StartRecovery gives the two security questions for a user ID, in the language. For a user ID that nobody has,
// or whose owner is disabled or chose no questions, it gives two that stay the same for that user ID: whether
// it exists cannot be told. Nothing is stored.
//
// Errors: Limited sign_in_limited while the user ID or the address has to wait.
func (s *Service) StartRecovery(ctx context.Context, userID, language, address string) ([2]Question, error) {
	userID = NormalizeUserID(userID)
	if err := s.throttled(ctx, recoveryKey(userID), addressKey(address)); err != nil {
		return [2]Question{}, err
	}
	ids, err := s.pretended(ctx, userID)
	if err != nil {
		return [2]Question{}, err
	}
	found, err := s.secured(ctx, userID)
	if err != nil {
		return [2]Question{}, err
	}
	if found.ID != uuid.Nil {
		ids = [2]string{found.Question1, found.Question2}
	}
	return [2]Question{{ids[0], questionText(ids[0], language)}, {ids[1], questionText(ids[1], language)}}, nil
}

// AnswerRecovery takes the answers to the two questions. It answers the same whether they are right, wrong, or
// nobody's, after the same work. When they are right, a temporary password goes to the person's mail address:
// good once, for TemporaryLife, and only to choose a new password. The password they have goes on until then,
// so that nobody can lock them out.
//
// Errors: Limited as for StartRecovery; each try counts, right or wrong.
func (s *Service) AnswerRecovery(ctx context.Context, operationID uuid.UUID, userID string, answers [2]string, address string) error {
	userID = NormalizeUserID(userID)
	args := recoveryArgs{operationID}
	if known, err := s.taken(ctx, operationID, userID, args); err != nil || known {
		return err
	}
	user, from := recoveryKey(userID), addressKey(address)
	if err := s.throttled(ctx, user, from); err != nil {
		return err
	}
	right, personID, err := s.answered(ctx, userID, user, answers)
	if err != nil {
		return err
	}
	if err := s.countAddress(ctx, from); err != nil {
		return err
	}
	row := &recovery{ID: operationID, PersonID: uuid.NullUUID{UUID: personID, Valid: right}, CreatedAt: s.db.Now()}
	return s.take(ctx, operationID, userID, row, args)
}

// answered counts the try and reports whether both answers are right. It computes two hashes, whatever it finds.
func (s *Service) answered(ctx context.Context, userID, key string, answers [2]string) (bool, uuid.UUID, error) {
	release, err := s.hasher.acquire(ctx)
	if err != nil {
		return false, uuid.Nil, err
	}
	defer release()
	if err := s.count(ctx, recoveryGuard, key); err != nil {
		return false, uuid.Nil, err
	}
	found, err := s.secured(ctx, userID)
	if err != nil {
		return false, uuid.Nil, err
	}
	right := true
	for i, hash := range [2]string{found.Hash1, found.Hash2} {
		ok, _, err := s.hasher.verifyNow(foldText(answers[i]), hash)
		if err != nil {
			return false, uuid.Nil, err
		}
		right = right && ok
	}
	return right, found.ID, nil
}

// secured finds the active person with the user ID and two security questions.
func (s *Service) secured(ctx context.Context, userID string) (secured, error) {
	var found secured
	err := s.db.NewRaw(`SELECT p.id, a.question AS question1, b.question AS question2,
			a.answer_hash AS hash1, b.answer_hash AS hash2
		FROM people p JOIN security_answers a ON a.person_id = p.id AND a.position = 1
		JOIN security_answers b ON b.person_id = p.id AND b.position = 2
		WHERE p.user_id = ? AND p.disabled_at IS NULL`, userID).Scan(ctx, &found)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return secured{}, fmt.Errorf("identity: reading security questions: %w", err)
	}
	return found, nil
}

// pretended gives two questions that follow from the user ID by a key of ours.
func (s *Service) pretended(ctx context.Context, userID string) ([2]string, error) {
	sum, err := s.fingerprint(ctx, "recovery_questions", userID)
	if err != nil {
		return [2]string{}, err
	}
	left := slices.Clone(questionIDs)
	first := binary.BigEndian.Uint64(sum) % uint64(len(left))
	pair := [2]string{left[first]}
	left = slices.Delete(left, int(first), int(first)+1)
	pair[1] = left[binary.BigEndian.Uint64(sum[8:])%uint64(len(left))]
	return pair, nil
}

// recovery is a row of recoveries.
type recovery struct {
	bun.BaseModel `bun:"table:recoveries"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	// PersonID is not "nullzero": that would make another statement for nobody.
	PersonID  uuid.NullUUID `bun:"person_id,type:uuid"`
	CreatedAt time.Time     `bun:"created_at"`
}

// recover deals with a recovery, once: it queues the mail where the answers were right.
func (s *Service) recover(ctx context.Context, id uuid.UUID) error {
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		var person uuid.NullUUID
		err := tx.NewRaw("UPDATE recoveries SET done_at = ? WHERE id = ? AND done_at IS NULL RETURNING person_id",
			tx.Now(), id).Scan(ctx, &person)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return nil
		case err != nil:
			return fmt.Errorf("identity: reading a recovery: %w", err)
		case !person.Valid:
			return nil
		}
		if err := audit.Write(ctx, tx, System(), "person.recover", "person", person.UUID, nil, nil); err != nil {
			return err
		}
		return s.mailer.Mail(ctx, tx, Mail{Kind: MailTemporaryPassword, Person: person.UUID, Subject: id, Page: "/"})
	})
}

var errNoOperation = fault.NewInvalid("operation_id", "operation_id_missing", "The operation needs an id of its own.")

// hasQuestions reports whether the person chose security questions.
func hasQuestions(ctx context.Context, db bun.IDB, personID uuid.UUID) (bool, error) {
	var has bool
	err := db.NewRaw("SELECT EXISTS (SELECT 1 FROM security_answers WHERE person_id = ?)", personID).Scan(ctx, &has)
	if err != nil {
		return false, fmt.Errorf("identity: reading security questions: %w", err)
	}
	return has, nil
}
