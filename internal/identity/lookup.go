package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// errPersonNotFound is the answer for whoever does not exist.
var errPersonNotFound = fault.NewNotFound("person_not_found", "There is no such person.")

// ByID gives the person, disabled or not; NotFound when there is none. db may be a transaction, here and
// below.
func ByID(ctx context.Context, db bun.IDB, id uuid.UUID) (Person, error) {
	return one(ctx, db, "person.id = ?", id)
}

// ByUserID gives the person with the user ID in any spelling, disabled or not; NotFound when there is none.
func ByUserID(ctx context.Context, db bun.IDB, userID string) (Person, error) {
	return one(ctx, db, "person.user_id = ?", NormalizeUserID(userID))
}

// OfTechnician gives the active person who is the technician; NotFound when there is none.
func OfTechnician(ctx context.Context, db bun.IDB, technicianID uuid.UUID) (Person, error) {
	return one(ctx, db, "person.technician_id = ? AND person.disabled_at IS NULL", technicianID)
}

// OfAccount gives the active people of a customer company, by user ID.
func OfAccount(ctx context.Context, db bun.IDB, accountID uuid.UUID) ([]Person, error) {
	return active(ctx, db, "person.account_id = ?", accountID)
}

// OfRole gives the active people who have one of the roles, by user ID.
func OfRole(ctx context.Context, db bun.IDB, roles ...Role) ([]Person, error) {
	return active(ctx, db, "person.role IN (?)", bun.List(roles))
}

// Profile is a person with the names of where they belong.
type Profile struct {
	Person `bun:",extend"`
	// AccountName is the customer company's, for customers; TechnicianNumber the technician's. Otherwise
	// they are empty.
	AccountName      string `bun:"account_name,scanonly"`
	TechnicianNumber string `bun:"technician_number,scanonly"`
	// PendingEmail is an address they want and have not confirmed yet; empty for none.
	PendingEmail string `bun:"pending_email,scanonly"`
	// HasSecurityQuestions is true once they chose the two that help when the password is forgotten.
	HasSecurityQuestions bool `bun:"has_security_questions,scanonly"`
}

// Profile gives the person with the names of where they belong; NotFound when there is none.
func (s *Service) Profile(ctx context.Context, id uuid.UUID) (Profile, error) {
	var profile Profile
	err := s.db.NewSelect().Model(&profile).
		ColumnExpr("person.*").
		ColumnExpr("COALESCE(account.name, '') AS account_name").
		ColumnExpr("COALESCE(technician.number, '') AS technician_number").
		ColumnExpr("COALESCE(wanted.email, '') AS pending_email").
		ColumnExpr("EXISTS (SELECT 1 FROM security_answers AS a WHERE a.person_id = person.id) AS has_security_questions").
		Join("LEFT JOIN accounts AS account ON account.id = person.account_id").
		Join("LEFT JOIN technicians AS technician ON technician.id = person.technician_id").
		Join("LEFT JOIN email_changes AS wanted ON wanted.person_id = person.id AND wanted.confirmed_at IS NULL AND wanted.expires_at > ?", s.db.Now()).
		Where("person.id = ?", id).Scan(ctx)
	return profile, notFound(err)
}

func one(ctx context.Context, db bun.IDB, where string, arg any) (Person, error) {
	var person Person
	err := db.NewSelect().Model(&person).Where(where, arg).Scan(ctx)
	return person, notFound(err)
}

func active(ctx context.Context, db bun.IDB, where string, arg any) ([]Person, error) {
	var people []Person
	err := db.NewSelect().Model(&people).
		Where(where, arg).Where("person.disabled_at IS NULL").Order("person.user_id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("identity: reading people: %w", err)
	}
	return people, nil
}

// notFound puts what the reader should see in place of the database's error.
func notFound(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return errPersonNotFound
	default:
		return fmt.Errorf("identity: reading a person: %w", err)
	}
}
