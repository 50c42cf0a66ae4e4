package identity

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// Me is what people edit about themselves.
type Me struct {
	FirstName, LastName, Title, Phone string
	// Email, when it is another than before, counts once it is confirmed from there; empty leaves it as it is.
	Email string
	// Language is "nb" or "en".
	Language string
}

// check gives what can be stored.
func (m Me) check() (Me, error) {
	var err error
	for _, f := range []struct {
		name   string
		value  *string
		atMost int
		needed bool
	}{
		{"first_name", &m.FirstName, maxName, true},
		{"last_name", &m.LastName, maxName, true},
		{"title", &m.Title, maxName, false},
		{"phone", &m.Phone, maxPhone, false},
	} {
		if *f.value, err = line(f.name, *f.value, f.atMost, f.needed); err != nil {
			return m, err
		}
	}
	if m.Email != "" {
		if m.Email, err = checkEmail("email", m.Email); err != nil {
			return m, err
		}
	}
	return m, checkLanguage(m.Language)
}

// UpdateMe stores what the signed-in person says of themselves. Another mail address gets a link and counts once
// that is used (ConfirmEmail); asked for again, the latest counts.
//
// Errors: Invalid naming the field; Limited sign_in_limited for too many mails to one address.
func (s *Service) UpdateMe(ctx context.Context, actor Actor, operationID uuid.UUID, me Me) error {
	me, err := me.check()
	if err != nil {
		return err
	}
	key := once.Key{Person: actor.PersonID, ID: operationID, Kind: "update_me"}
	if _, known, err := once.Stored[struct{}](ctx, s.db, key, me); err != nil || known {
		return err
	}
	person, err := ByID(ctx, s.db, actor.PersonID)
	if err != nil {
		return err
	}
	if me.Email != "" && me.Email != person.Email {
		if err := s.countMail(ctx, me.Email, ""); err != nil {
			return err
		}
	}
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		_, err := once.Do(ctx, tx, key, me, func() (struct{}, error) { return struct{}{}, s.updateMe(ctx, tx, actor, me) })
		return err
	})
}

func (s *Service) updateMe(ctx context.Context, tx postgres.Tx, actor Actor, me Me) error {
	var person Person
	if err := tx.NewSelect().Model(&person).Where("id = ?", actor.PersonID).For("NO KEY UPDATE").Scan(ctx); err != nil {
		return notFound(err)
	}
	before := person
	person.FirstName, person.LastName, person.Title = me.FirstName, me.LastName, me.Title
	person.Phone, person.Language = me.Phone, me.Language
	if person != before {
		person.UpdatedAt = tx.Now()
		_, err := tx.NewUpdate().Model(&person).
			Column("first_name", "last_name", "title", "phone", "language", "updated_at").WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("identity: storing a person: %w", err)
		}
		if err := audit.Write(ctx, tx, actor, "person.update_me", "person", person.ID, before.described(), person.described()); err != nil {
			return err
		}
	}
	if me.Email == "" || me.Email == person.Email {
		return nil
	}
	return s.wantEmail(ctx, tx, actor, person, me.Email)
}

// described is what the audit trail keeps of what people edit themselves: the ways to reach them masked.
func (p Person) described() map[string]any {
	return map[string]any{
		"first_name": p.FirstName, "last_name": p.LastName, "title": p.Title, "language": p.Language,
		"phone": maskPhone(p.Phone), "email": maskEmail(p.Email),
	}
}
