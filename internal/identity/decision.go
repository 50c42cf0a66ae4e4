package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// maxReason of a refusal, in characters.
const maxReason = 500

var (
	errSignUpNotFound = fault.NewNotFound("sign_up_not_found", "There is no such sign-up.", fault.Field("sign_up_id"))
	errSignUpDecided  = fault.NewWrongState("sign_up_decided", "The sign-up was decided already, otherwise.")
)

// ApproveSignUp makes the person that signed up, with a user ID of ours and the password and security questions
// they chose, and mails them the user ID. One that was approved already, by whomever, stays as it is.
//
// Errors: Forbidden for anyone but staff; NotFound sign_up_not_found for one that is unknown or not confirmed;
// WrongState sign_up_decided for one that was refused.
func (s *Service) ApproveSignUp(ctx context.Context, actor Actor, operationID, signUpID uuid.UUID) (SignUp, error) {
	if err := staff(actor); err != nil {
		return SignUp{}, err
	}
	key := once.Key{Person: actor.PersonID, ID: operationID, Kind: "approve_sign_up"}
	approve := func() error {
		return s.decide(ctx, key, signUpID, signUpID, func(ctx context.Context, tx postgres.Tx, row SignUp) error {
			return s.approve(ctx, tx, actor, row)
		}, SignUpApproved)
	}
	err := approve()
	// A user ID that somebody was given at this moment; the chance is one in ten thousand.
	for range 5 {
		if fault.ReasonOf(err) != "user_id_taken" {
			break
		}
		err = approve()
	}
	if err != nil {
		return SignUp{}, err
	}
	return s.signUp(ctx, signUpID)
}

// RefuseSignUp turns a sign-up down and mails the reason. One that was refused already stays as it is, with the
// reason it was given first.
//
// Errors: as for ApproveSignUp, the other way round; Invalid (reason) without a reason.
func (s *Service) RefuseSignUp(ctx context.Context, actor Actor, operationID, signUpID uuid.UUID, reason string) (SignUp, error) {
	if err := staff(actor); err != nil {
		return SignUp{}, err
	}
	reason, err := line("reason", reason, maxReason, true)
	if err != nil {
		return SignUp{}, err
	}
	key := once.Key{Person: actor.PersonID, ID: operationID, Kind: "refuse_sign_up"}
	err = s.decide(ctx, key, signUpID, []any{signUpID, reason}, func(ctx context.Context, tx postgres.Tx, row SignUp) error {
		return s.refuse(ctx, tx, actor, row, reason)
	}, SignUpRefused)
	if err != nil {
		return SignUp{}, err
	}
	return s.signUp(ctx, signUpID)
}

// decide runs fn on a confirmed sign-up, under a lock; not on one that has the state already.
func (s *Service) decide(ctx context.Context, key once.Key, id uuid.UUID, asked any,
	fn func(ctx context.Context, tx postgres.Tx, row SignUp) error, becomes SignUpState,
) error {
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		_, err := once.Do(ctx, tx, key, asked, func() (struct{}, error) {
			var row SignUp
			err := tx.NewSelect().Model(&row).Where("id = ? AND confirmed_at IS NOT NULL", id).For("UPDATE").Scan(ctx)
			switch {
			case errors.Is(err, sql.ErrNoRows):
				return struct{}{}, errSignUpNotFound
			case err != nil:
				return struct{}{}, fmt.Errorf("identity: reading a sign-up: %w", err)
			case row.State == becomes:
				return struct{}{}, nil
			case row.State != SignUpConfirmed:
				return struct{}{}, errSignUpDecided
			}
			return struct{}{}, fn(ctx, tx, row)
		})
		return err
	})
}

func (s *Service) approve(ctx context.Context, tx postgres.Tx, actor Actor, row SignUp) error {
	userID, err := freeUserID(ctx, tx, row.FirstName, row.LastName)
	if err != nil {
		return err
	}
	person, err := NewPerson{
		UserID: userID, PasswordHash: row.PasswordHash, Role: RoleCustomer, AccountID: row.AccountID,
		FirstName: row.FirstName, LastName: row.LastName, Title: row.Title, Email: row.Email, Phone: row.Phone,
		Language: row.Language,
	}.person()
	if err != nil {
		return err
	}
	now := tx.Now()
	person.ActivatedAt = &now
	if err := insert(ctx, tx, actor, &person); err != nil {
		return err
	}
	err = storeAnswers(ctx, tx, person.ID, [2]string{row.Question1, row.Question2}, [2]string{row.Answer1Hash, row.Answer2Hash})
	if err != nil {
		return err
	}
	row.PersonID = person.ID
	if err := s.decided(ctx, tx, actor, row, SignUpApproved, ""); err != nil {
		return err
	}
	return s.mailer.Mail(ctx, tx, Mail{
		Kind: MailSignUpApproved, Person: person.ID, Subject: row.ID, Page: "/", Params: map[string]string{"user_id": userID},
	})
}

func (s *Service) refuse(ctx context.Context, tx postgres.Tx, actor Actor, row SignUp, reason string) error {
	if err := s.decided(ctx, tx, actor, row, SignUpRefused, reason); err != nil {
		return err
	}
	return s.mailer.Mail(ctx, tx, Mail{
		Kind: MailSignUpRefused, Address: row.Email, Language: row.Language, Subject: row.ID, Page: "/",
		Params: map[string]string{"reason": reason, "name": fullName(row.FirstName, row.LastName)},
	})
}

// decided stores a decision and forgets the secrets that are not needed any more.
func (s *Service) decided(ctx context.Context, tx postgres.Tx, actor Actor, row SignUp, state SignUpState, reason string) error {
	now := tx.Now()
	before := row.audited()
	row.State, row.Reason, row.DecidedAt, row.DecidedBy = state, reason, &now, actor.PersonID
	row.PasswordHash, row.Answer1Hash, row.Answer2Hash = "", "", ""
	_, err := tx.NewUpdate().Model(&row).Column("state", "reason", "decided_at", "decided_by", "person_id",
		"password_hash", "answer1_hash", "answer2_hash").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("identity: deciding on a sign-up: %w", err)
	}
	return audit.Write(ctx, tx, actor, "sign_up."+string(state), "sign_up", row.ID, before, row.audited())
}

// audited is what the audit trail keeps of a sign-up.
func (row SignUp) audited() map[string]any {
	kept := map[string]any{"state": row.State, "account_id": row.AccountID}
	if row.Reason != "" {
		kept["reason"] = row.Reason
	}
	if row.PersonID != uuid.Nil {
		kept["person_id"] = row.PersonID
	}
	return kept
}
