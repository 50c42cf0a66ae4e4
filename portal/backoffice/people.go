package backoffice

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/revision"
)

// Person is one who signs in, as admins see them.
type Person struct {
	identity.Person `bun:",extend"`

	// BelongsTo is a customer's company or the technician's number; empty for others.
	BelongsTo string `bun:"belongs_to,scanonly"`
	// Sessions that are not over.
	Sessions int64 `bun:"sessions,scanonly"`
}

// PersonFields are what may be changed of a person.
type PersonFields struct {
	FirstName, LastName, Email, Phone, Language string
	Role                                        identity.Role
	// AccountID is for customers, TechnicianID for technicians; uuid.Nil for others.
	AccountID, TechnicianID uuid.UUID
}

// Revision is what a change must be based on.
func (p *Person) Revision() string { return personFields(p.Person).Revision() }

func personFields(p identity.Person) revision.Fields {
	return revision.Fields{
		{Name: "first_name", Value: p.FirstName}, {Name: "last_name", Value: p.LastName}, {Name: "email", Value: p.Email},
		{Name: "phone", Value: p.Phone}, {Name: "language", Value: p.Language}, {Name: "role", Value: p.Role},
		{Name: "account_id", Value: p.AccountID}, {Name: "technician_id", Value: p.TechnicianID},
	}
}

func (f *PersonFields) check() error {
	for _, text := range []*string{&f.FirstName, &f.LastName, &f.Email, &f.Phone} {
		tidy(text)
	}
	return nil
}

// PersonQuery asks for people.
type PersonQuery struct {
	Text string
	// Role is empty for all, AccountID uuid.Nil.
	Role         identity.Role
	AccountID    uuid.UUID
	DisabledOnly bool
	Page         Page
}

var personOrder = ordering[Person]{"person.user_id", "person.id::text", func(p *Person) place { return place{p.UserID, p.ID.String()} }}

func withBelonging(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Join("LEFT JOIN accounts AS account ON account.id = person.account_id").
		Join("LEFT JOIN technicians AS technician ON technician.id = person.technician_id")
}

func (s *Service) personColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr(`person.id, person.user_id, person.must_change_password, person.role, person.account_id, person.technician_id,
			person.first_name, person.last_name, person.email, person.phone, person.language, person.disabled_at, person.created_at, person.updated_at`).
		ColumnExpr("coalesce(account.name, technician.number, '') AS belongs_to").
		ColumnExpr(`(SELECT count(*) FROM sessions s WHERE s.person_id = person.id AND s.revoked_at IS NULL AND s.expires_at > ?) AS sessions`, s.db.Now())
}

// People lists people by user ID. For admins; it is noted who was shown.
func (s *Service) People(ctx context.Context, actor identity.Actor, query PersonQuery) (Found[Person], error) {
	if err := admins(actor); err != nil {
		return Found[Person]{}, err
	}
	found, err := list(ctx, s.db, query.Page, personOrder, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = withBelonging(q)
		if query.Role != "" {
			q = q.Where("person.role = ?", query.Role)
		}
		if query.AccountID != uuid.Nil {
			q = q.Where("person.account_id = ?", query.AccountID)
		}
		if query.DisabledOnly {
			q = q.Where("person.disabled_at IS NOT NULL")
		}
		return matching(q, query.Text, "person.user_id, person.first_name, person.last_name, person.email, person.phone, account.number, account.name")
	}, s.personColumns)
	if err != nil {
		return found, err
	}
	ids := make([]uuid.UUID, len(found.Rows))
	for i := range found.Rows {
		ids[i] = found.Rows[i].ID
	}
	return found, audit.Read(ctx, s.db, actor, "people.list", "person", ids...)
}

// Person gives one. For admins; it is noted. NotFound person_not_found.
func (s *Service) Person(ctx context.Context, actor identity.Actor, id uuid.UUID) (Person, error) {
	if err := admins(actor); err != nil {
		return Person{}, err
	}
	p, err := s.person(ctx, s.db, id)
	if err != nil {
		return p, err
	}
	return p, audit.Read(ctx, s.db, actor, "people.get", "person", id)
}

func (s *Service) person(ctx context.Context, db bun.IDB, id uuid.UUID) (Person, error) {
	return one[Person](ctx, db, "person", "person.id", id, withBelonging, s.personColumns)
}

// changePerson runs one operation of an admin on a person, and gives the person as they are after it.
func (s *Service) changePerson(ctx context.Context, actor identity.Actor, op uuid.UUID, kind string, asked any,
	fn func(ctx context.Context, tx postgres.Tx) (identity.Person, error),
) (Person, error) {
	if err := admins(actor); err != nil {
		return Person{}, err
	}
	return do(ctx, s, actor, op, kind, asked, func(ctx context.Context, tx postgres.Tx) (Person, error) {
		p, err := fn(ctx, tx)
		if err != nil {
			return Person{}, err
		}
		return s.person(ctx, tx, p.ID)
	})
}

// CreatePerson makes one, who gets a temporary password by mail. For admins. Errors: as for identity.Service.Enter.
func (s *Service) CreatePerson(ctx context.Context, actor identity.Actor, op uuid.UUID, userID string, f PersonFields) (Person, error) {
	if err := f.check(); err != nil {
		return Person{}, err
	}
	return s.changePerson(ctx, actor, op, "person.create", []any{userID, f}, func(ctx context.Context, tx postgres.Tx) (identity.Person, error) {
		return s.people.Enter(ctx, tx, actor, identity.NewPerson{
			UserID: userID, Role: f.Role, AccountID: f.AccountID, TechnicianID: f.TechnicianID, FirstName: f.FirstName,
			LastName: f.LastName, Email: f.Email, Phone: f.Phone, Language: f.Language,
		}, op)
	})
}

// UpdatePerson changes one that was seen at a revision. For admins. Errors: Stale, and as for identity.Service.Revise.
func (s *Service) UpdatePerson(ctx context.Context, actor identity.Actor, op, id uuid.UUID, seen string, f PersonFields) (Person, error) {
	if err := f.check(); err != nil {
		return Person{}, err
	}
	return s.changePerson(ctx, actor, op, "person.update", []any{id, seen, f}, func(ctx context.Context, tx postgres.Tx) (identity.Person, error) {
		return s.people.Revise(ctx, tx, actor, id, func(p *identity.Person) error {
			if err := personFields(*p).Check(seen); err != nil {
				return err
			}
			p.FirstName, p.LastName, p.Email, p.Phone, p.Language = f.FirstName, f.LastName, f.Email, f.Phone, f.Language
			p.Role, p.AccountID, p.TechnicianID = f.Role, f.AccountID, f.TechnicianID
			return nil
		})
	})
}

// SetPersonEnabled keeps one from signing in or lets them in again. For admins. WrongState last_admin.
func (s *Service) SetPersonEnabled(ctx context.Context, actor identity.Actor, op, id uuid.UUID, enabled bool) (Person, error) {
	return s.changePerson(ctx, actor, op, "person.enable", []any{id, enabled}, func(ctx context.Context, tx postgres.Tx) (identity.Person, error) {
		return s.people.SetEnabled(ctx, tx, actor, id, enabled)
	})
}

// ResetPassword sends a temporary password. For admins. WrongState email_missing or person_disabled.
func (s *Service) ResetPassword(ctx context.Context, actor identity.Actor, op, id uuid.UUID) (Person, error) {
	return s.changePerson(ctx, actor, op, "person.reset", id, func(ctx context.Context, tx postgres.Tx) (identity.Person, error) {
		return s.people.Reset(ctx, tx, actor, id, op)
	})
}

// EndSessions ends all of a person's sessions and gives how many there were. For admins.
func (s *Service) EndSessions(ctx context.Context, actor identity.Actor, op, id uuid.UUID) (int64, error) {
	if err := admins(actor); err != nil {
		return 0, err
	}
	return do(ctx, s, actor, op, "person.end_sessions", id, func(ctx context.Context, tx postgres.Tx) (int64, error) {
		return s.people.EndAllSessions(ctx, tx, actor, id)
	})
}

// Sessions gives those of a person that are not over. For admins; it is noted.
func (s *Service) Sessions(ctx context.Context, actor identity.Actor, id uuid.UUID) ([]identity.Session, error) {
	if err := admins(actor); err != nil {
		return nil, err
	}
	if _, err := identity.ByID(ctx, s.db, id); err != nil {
		return nil, err
	}
	sessions, err := s.people.ListSessions(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("backoffice: sessions of a person: %w", err)
	}
	return sessions, audit.Read(ctx, s.db, actor, "people.sessions", "person", id)
}
