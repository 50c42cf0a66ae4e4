package identity

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// What admins do to people. Each works within the caller's transaction, so that it can be one operation with what the
// caller adds; who may, the caller has made sure.

// Enter makes a person without a password, and queues a temporary one by mail. Subject is what the mail is about: an id
// of the caller's, each time another. Errors: as for CreatePerson.
func (s *Service) Enter(ctx context.Context, tx postgres.Tx, actor Actor, n NewPerson, subject uuid.UUID) (Person, error) {
	person, err := n.person()
	if err != nil {
		return Person{}, err
	}
	person.MustChangePassword = true
	if err := insert(ctx, tx, actor, &person); err != nil {
		return Person{}, err
	}
	if person.Email == "" {
		return person, nil
	}
	return person, s.mailer.Mail(ctx, tx, Mail{Kind: MailTemporaryPassword, Person: person.ID, Subject: subject, Page: "/"})
}

// Revise changes a person by the function, which is given the locked row and may refuse. Another role, account or
// technician ends their sessions. Errors: NotFound; WrongState last_admin; otherwise as for CreatePerson.
func (s *Service) Revise(ctx context.Context, tx postgres.Tx, actor Actor, personID uuid.UUID, change func(*Person) error) (Person, error) {
	existing, err := locked(ctx, tx, personID)
	if err != nil {
		return Person{}, err
	}
	changed := existing
	if err := change(&changed); err != nil {
		return Person{}, err
	}
	n := NewPerson{
		ID: changed.ID, UserID: changed.UserID, Role: changed.Role, AccountID: changed.AccountID,
		TechnicianID: changed.TechnicianID, Language: changed.Language,
	}
	if _, err := n.person(); err != nil {
		return Person{}, err
	}
	return changed, lastAdmin(update(ctx, tx, actor, existing, &changed))
}

// SetEnabled lets a person in again, or keeps them out and ends their sessions. One who is so already stays so.
// Errors: NotFound; WrongState last_admin.
func (s *Service) SetEnabled(ctx context.Context, tx postgres.Tx, actor Actor, personID uuid.UUID, enabled bool) (Person, error) {
	person, err := locked(ctx, tx, personID)
	if err != nil || (person.DisabledAt == nil) == enabled {
		return person, err
	}
	before, action := person.audited(), "person.enable"
	person.DisabledAt, person.UpdatedAt = nil, tx.Now()
	if !enabled {
		person.DisabledAt, action = new(tx.Now()), "person.disable"
		if err := endSessions(ctx, tx, tx.Now(), person.ID, uuid.Nil); err != nil {
			return Person{}, err
		}
	}
	if _, err := tx.NewUpdate().Model(&person).Column("disabled_at", "updated_at").WherePK().Exec(ctx); err != nil {
		return Person{}, lastAdmin(fmt.Errorf("identity: disabling or enabling a person: %w", err))
	}
	return person, audit.Write(ctx, tx, actor, action, "person", person.ID, before, person.audited())
}

// Reset ends the person's password and sessions, and queues a temporary password by mail, which must be changed at the
// next sign-in. Subject is an id of the caller's, each time another. Errors: NotFound; WrongState email_missing or
// person_disabled.
func (s *Service) Reset(ctx context.Context, tx postgres.Tx, actor Actor, personID, subject uuid.UUID) (Person, error) {
	person, err := locked(ctx, tx, personID)
	switch {
	case err != nil:
		return Person{}, err
	case person.DisabledAt != nil:
		return Person{}, fault.NewWrongState("person_disabled", "This person is kept from signing in. Let them in first.")
	case person.Email == "":
		return Person{}, fault.NewWrongState("email_missing", "This person has no mail address to send a password to.")
	}
	before := person.audited()
	person.PasswordHash, person.MustChangePassword, person.UpdatedAt = "", true, tx.Now()
	if _, err := tx.NewUpdate().Model(&person).Column("password_hash", "must_change_password", "updated_at").WherePK().Exec(ctx); err != nil {
		return Person{}, fmt.Errorf("identity: ending a password: %w", err)
	}
	if err := endSessions(ctx, tx, tx.Now(), person.ID, uuid.Nil); err != nil {
		return Person{}, err
	}
	if err := audit.Write(ctx, tx, actor, "person.reset", "person", person.ID, before, person.audited()); err != nil {
		return Person{}, err
	}
	return person, s.mailer.Mail(ctx, tx, Mail{Kind: MailTemporaryPassword, Person: person.ID, Subject: subject, Page: "/"})
}

// EndAllSessions ends all of a person's sessions and gives how many there were. NotFound when there is no such person.
func (s *Service) EndAllSessions(ctx context.Context, tx postgres.Tx, actor Actor, personID uuid.UUID) (int64, error) {
	person, err := locked(ctx, tx, personID)
	if err != nil {
		return 0, err
	}
	var open int64
	if err := tx.NewRaw(`SELECT count(*) FROM sessions WHERE person_id = ? AND revoked_at IS NULL AND expires_at > ?`,
		person.ID, tx.Now()).Scan(ctx, &open); err != nil {
		return 0, fmt.Errorf("identity: counting sessions: %w", err)
	}
	if err := endSessions(ctx, tx, tx.Now(), person.ID, uuid.Nil); err != nil {
		return 0, err
	}
	return open, audit.Write(ctx, tx, actor, "person.end_sessions", "person", person.ID,
		map[string]any{"sessions": open}, map[string]any{"sessions": 0})
}

func locked(ctx context.Context, tx postgres.Tx, personID uuid.UUID) (Person, error) {
	var person Person
	err := tx.NewSelect().Model(&person).Where("id = ?", personID).For("UPDATE").Scan(ctx)
	return person, notFound(err)
}

// lastAdmin says in people's words that the database keeps an admin.
func lastAdmin(err error) error {
	if postgres.IsCheck(err, "people_last_admin") {
		return fault.NewWrongState("last_admin", "This is the last administrator. Make another one first.", fault.Cause(err))
	}
	return err
}
