package identity

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// questionIDs are the security questions to choose from. An id stays what it is for good; a question that is no
// longer offered would stay here for those who chose it.
var questionIDs = []string{
	"first_teacher", "first_pet", "childhood_street", "first_concert", "childhood_friend",
	"first_job_city", "favourite_book", "grandmother_first_name", "first_vehicle", "holiday_memory",
}

//go:embed questions/*.json
var questionFiles embed.FS

// questionTexts are the texts by language and id.
var questionTexts = loadQuestions("nb", "en")

func loadQuestions(languages ...string) map[string]map[string]string {
	all := make(map[string]map[string]string, len(languages))
	for _, language := range languages {
		raw, err := questionFiles.ReadFile(path.Join("questions", language+".json"))
		texts := map[string]string{}
		if err == nil {
			err = json.Unmarshal(raw, &texts)
		}
		if err != nil { // a mistake in the source
			panic(fmt.Sprintf("identity: security questions in %q: %v", language, err))
		}
		all[language] = texts
	}
	return all
}

// Question is one of the catalogue's security questions.
type Question struct{ ID, Text string }

// Questions gives the catalogue in a language, in English where there is no such language.
func Questions(language string) []Question {
	all := make([]Question, len(questionIDs))
	for i, id := range questionIDs {
		all[i] = Question{ID: id, Text: questionText(id, language)}
	}
	return all
}

func questionText(id, language string) string {
	texts, ok := questionTexts[language]
	if !ok {
		texts = questionTexts["en"]
	}
	return texts[id]
}

// Answer is an answer to a security question.
type Answer struct{ Question, Answer string }

// Limits of an answer.
const (
	minAnswer = 2   // characters, normalised
	maxAnswer = 200 // bytes
)

// checkAnswers refuses answers that cannot be kept.
func checkAnswers(answers [2]Answer) error {
	for i, a := range answers {
		field := fmt.Sprintf("answers[%d]", i)
		switch text := foldText(a.Answer); {
		case !slices.Contains(questionIDs, a.Question):
			return fault.NewInvalid(field+".question_id", "question_unknown", "There is no such security question.")
		case utf8.RuneCountInString(text) < minAnswer || len(a.Answer) > maxAnswer || !storable(a.Answer):
			return fault.NewInvalid(field+".answer", "answer_unfit", "An answer has two to two hundred characters.")
		}
	}
	switch {
	case answers[0].Question == answers[1].Question:
		return fault.NewInvalid("answers", "questions_same", "Choose two different security questions.")
	case foldText(answers[0].Answer) == foldText(answers[1].Answer):
		return fault.NewInvalid("answers", "answers_same", "The two answers must be different.")
	}
	return nil
}

// hashAnswers makes the hashes of both answers.
func (s *Service) hashAnswers(ctx context.Context, answers [2]Answer) (hashes [2]string, err error) {
	release, err := s.hasher.acquire(ctx)
	if err != nil {
		return hashes, err
	}
	defer release()
	for i, a := range answers {
		if hashes[i], err = s.hasher.hashNow(foldText(a.Answer)); err != nil {
			return hashes, err
		}
	}
	return hashes, nil
}

// SetSecurityQuestions stores the signed-in person's two security questions in place of those they had.
//
// Errors: Invalid naming the answer; Forbidden password_wrong and Limited as for ChangePassword.
func (s *Service) SetSecurityQuestions(ctx context.Context, actor Actor, operationID uuid.UUID, current string, answers [2]Answer) error {
	if err := checkAnswers(answers); err != nil {
		return err
	}
	key := once.Key{Person: actor.PersonID, ID: operationID, Kind: "set_security_questions"}
	// What the answers are is not kept with the operation: its digest could be guessed from.
	asked := [2]string{answers[0].Question, answers[1].Question}
	if _, known, err := once.Stored[struct{}](ctx, s.db, key, asked); err != nil || known {
		return err
	}
	person, err := ByID(ctx, s.db, actor.PersonID)
	if err != nil {
		return err
	}
	if _, err := s.confirmPassword(ctx, actor, person.UserID, current); err != nil {
		return err
	}
	if err := clearThrottle(ctx, s.db, person.UserID); err != nil {
		return err
	}
	hashes, err := s.hashAnswers(ctx, answers)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		_, err := once.Do(ctx, tx, key, asked, func() (struct{}, error) {
			had, err := hasQuestions(ctx, tx, actor.PersonID)
			if err != nil {
				return struct{}{}, err
			}
			if err := storeAnswers(ctx, tx, actor.PersonID, asked, hashes); err != nil {
				return struct{}{}, err
			}
			return struct{}{}, audit.Write(ctx, tx, actor, "person.set_security_questions", "person", actor.PersonID,
				map[string]any{"security_questions": had}, map[string]any{"security_questions": true})
		})
		return err
	})
}

func storeAnswers(ctx context.Context, tx postgres.Tx, personID uuid.UUID, questions, hashes [2]string) error {
	// The row is locked, so that two at once end with the pair of one of them.
	if _, err := tx.NewRaw("SELECT 1 FROM people WHERE id = ? FOR NO KEY UPDATE", personID).Exec(ctx); err != nil {
		return fmt.Errorf("identity: locking a person: %w", err)
	}
	if _, err := tx.NewRaw("DELETE FROM security_answers WHERE person_id = ?", personID).Exec(ctx); err != nil {
		return fmt.Errorf("identity: removing security questions: %w", err)
	}
	_, err := tx.NewRaw(`INSERT INTO security_answers (person_id, position, question, answer_hash)
		VALUES (?0, 1, ?1, ?2), (?0, 2, ?3, ?4)`, personID, questions[0], hashes[0], questions[1], hashes[1]).Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: storing security questions: %w", err)
	}
	return nil
}
