package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// NewPerson is what is needed to make a person.
type NewPerson struct {
	// ID may be left out; then one is made.
	ID uuid.UUID
	// UserID is 1 to 200 characters without white space; upper and lower case are the same.
	UserID string
	// Password may be empty: then nobody can sign in until one is set.
	Password string
	// PasswordHash may stand in place of Password, for people from elsewhere: one that ValidHash takes. With a
	// hash that is not argon2id the person must change their password in any case.
	PasswordHash string
	// MustChangePassword makes the person choose their own at the first sign-in.
	MustChangePassword bool
	Role               Role
	// AccountID is required for customers, TechnicianID for technicians, and neither for others.
	AccountID, TechnicianID                  uuid.UUID
	FirstName, LastName, Title, Email, Phone string
	// Language is "nb" (the default) or "en".
	Language string
}

// person checks what can be checked without the database.
func (n NewPerson) person() (Person, error) {
	p := Person{
		ID: n.ID, UserID: NormalizeUserID(n.UserID), MustChangePassword: n.MustChangePassword, Role: n.Role,
		AccountID: n.AccountID, TechnicianID: n.TechnicianID,
		FirstName: n.FirstName, LastName: n.LastName, Title: n.Title, Email: n.Email, Phone: n.Phone,
		Language: n.Language, PasswordHash: n.PasswordHash,
	}
	if OldHash(p.PasswordHash) {
		p.MustChangePassword = true
	}
	if p.Language == "" {
		p.Language = "nb"
	}
	length := utf8.RuneCountInString(p.UserID)
	unfit := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) || r == utf8.RuneError }
	switch {
	case length < 1 || length > 200 || strings.ContainsFunc(p.UserID, unfit):
		return Person{}, fault.NewInvalid("user_id", "user_id_malformed",
			"The user ID needs 1 to 200 characters and may hold no white space.")
	case !p.Role.OfPerson():
		return Person{}, fault.NewInvalid("role", "role_unknown",
			"The role must be customer, technician, dispatcher or admin.")
	case (p.Role == RoleCustomer) != (p.AccountID != uuid.Nil):
		return Person{}, fault.NewInvalid("account_id", "account_mismatch",
			"A customer, and nobody else, belongs to an account.")
	case (p.Role == RoleTechnician) != (p.TechnicianID != uuid.Nil):
		return Person{}, fault.NewInvalid("technician_id", "technician_mismatch",
			"A person with the role technician, and nobody else, is a technician.")
	}
	if err := checkLanguage(p.Language); err != nil {
		return Person{}, err
	}
	if n.PasswordHash != "" && (n.Password != "" || !ValidHash(n.PasswordHash)) {
		return Person{}, fault.NewInvalid("password_hash", "password_hash_malformed",
			"The password hash must be argon2id, bcrypt or PBKDF2-SHA256, and stand alone.")
	}
	if p.ID == uuid.Nil {
		id, err := uuid.NewV7()
		if err != nil {
			return Person{}, fmt.Errorf("identity: making an id: %w", err)
		}
		p.ID = id
	}
	return p, nil
}

// CreatePerson makes a person.
//
// Errors: Invalid naming the field; Exists user_id_taken, person_id_taken or technician_taken.
func (s *Service) CreatePerson(ctx context.Context, actor Actor, n NewPerson) (Person, error) {
	person, err := n.person()
	if err != nil {
		return Person{}, err
	}
	if n.Password != "" {
		if err := checkPassword(n.Password, "password", person); err != nil {
			return Person{}, err
		}
		if person.PasswordHash, err = s.hasher.hash(ctx, n.Password); err != nil {
			return Person{}, err
		}
	}
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		return insert(ctx, tx, actor, &person)
	})
	return person, err
}

// EnsurePerson makes the person with the user ID, or brings the one there is up to date; again with the
// same it changes nothing. The password is used only where there is none yet, and its strength is the
// caller's affair, as is an ID, which an existing person keeps. MustChangePassword goes with the password.
// A change of role, account or technician ends the person's sessions; a disabled person stays disabled.
//
// Errors: as for CreatePerson.
func (s *Service) EnsurePerson(ctx context.Context, actor Actor, n NewPerson) (Person, error) {
	wanted, err := n.person()
	if err != nil {
		return Person{}, err
	}
	// Hashing takes long, so it is done outside the transaction, and only where it may be needed.
	if n.Password != "" {
		existing, err := ByUserID(ctx, s.db, wanted.UserID)
		if err != nil && !errors.Is(err, errPersonNotFound) {
			return Person{}, err
		}
		if existing.PasswordHash == "" {
			if wanted.PasswordHash, err = s.hasher.hash(ctx, n.Password); err != nil {
				return Person{}, err
			}
		}
	}
	var result Person
	ensure := func(ctx context.Context, tx postgres.Tx) error {
		var existing Person
		err := tx.NewSelect().Model(&existing).Where("user_id = ?", wanted.UserID).For("UPDATE").Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			result = wanted
			return insert(ctx, tx, actor, &result)
		}
		if err != nil {
			return fmt.Errorf("identity: reading a person: %w", err)
		}
		result = merge(existing, wanted)
		return update(ctx, tx, actor, existing, &result)
	}
	err = postgres.InTx(ctx, s.db, ensure)
	if fault.KindOf(err) == fault.Exists { // perhaps someone made the person this moment
		err = postgres.InTx(ctx, s.db, ensure)
	}
	return result, err
}

// merge gives the existing person with what is wanted of them.
func merge(existing, wanted Person) Person {
	merged := existing
	merged.Role, merged.AccountID, merged.TechnicianID = wanted.Role, wanted.AccountID, wanted.TechnicianID
	merged.FirstName, merged.LastName = wanted.FirstName, wanted.LastName
	if wanted.Title != "" {
		merged.Title = wanted.Title
	}
	merged.Email, merged.Phone, merged.Language = wanted.Email, wanted.Phone, wanted.Language
	if existing.PasswordHash == "" && wanted.PasswordHash != "" {
		merged.PasswordHash, merged.MustChangePassword = wanted.PasswordHash, wanted.MustChangePassword
	}
	return merged
}

// update stores changed where it differs from existing.
func update(ctx context.Context, tx postgres.Tx, actor Actor, existing Person, changed *Person) error {
	if *changed == existing {
		return nil
	}
	changed.UpdatedAt = tx.Now()
	if _, err := tx.NewUpdate().Model(changed).ExcludeColumn("id", "user_id", "created_at").WherePK().Exec(ctx); err != nil {
		return taken(err)
	}
	if changed.Role != existing.Role || changed.AccountID != existing.AccountID ||
		changed.TechnicianID != existing.TechnicianID {
		if err := endSessions(ctx, tx, tx.Now(), changed.ID, uuid.Nil); err != nil {
			return err
		}
	}
	return audit.Write(ctx, tx, actor, "person.update", "person", changed.ID, existing.audited(), changed.audited())
}

func insert(ctx context.Context, tx postgres.Tx, actor Actor, person *Person) error {
	person.CreatedAt, person.UpdatedAt = tx.Now(), tx.Now()
	if _, err := tx.NewInsert().Model(person).Exec(ctx); err != nil {
		return taken(err)
	}
	return audit.Write(ctx, tx, actor, "person.create", "person", person.ID, nil, person.audited())
}

// taken says in people's words which rule of the table a new or changed person breaks.
func taken(err error) error {
	switch {
	case postgres.IsUnique(err, "people_user_id_key"):
		return fault.NewExists("user_id_taken", "The user ID is taken.", fault.Field("user_id"), fault.Cause(err))
	case postgres.IsUnique(err, "people_pkey"):
		return fault.NewExists("person_id_taken", "There is another person with this id.",
			fault.Field("id"), fault.Cause(err))
	case postgres.IsUnique(err, "people_technician_id_key"):
		return fault.NewExists("technician_taken", "The technician has a user ID already.",
			fault.Field("technician_id"), fault.Cause(err))
	case postgres.IsForeignKey(err, "people_account_id_fkey"):
		return fault.NewInvalid("account_id", "account_unknown", "There is no such account.", fault.Cause(err))
	case postgres.IsForeignKey(err, "people_technician_id_fkey"):
		return fault.NewInvalid("technician_id", "technician_unknown", "There is no such technician.", fault.Cause(err))
	default:
		return fmt.Errorf("identity: storing a person: %w", err)
	}
}
