package identity

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/text/unicode/norm"
)

// Person is one who can sign in, a row of people.
type Person struct {
	bun.BaseModel `bun:"table:people,alias:person"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	// UserID is what the person signs in with, in the form of NormalizeUserID.
	UserID string `bun:"user_id"`
	// PasswordHash is one that ValidHash takes, argon2id but for people from elsewhere who have not been here
	// yet; empty means that no password fits.
	PasswordHash       string    `bun:"password_hash,nullzero" json:"-"`
	MustChangePassword bool      `bun:"must_change_password"`
	Role               Role      `bun:"role"`
	AccountID          uuid.UUID `bun:"account_id,type:uuid,nullzero"`
	TechnicianID       uuid.UUID `bun:"technician_id,type:uuid,nullzero"`
	FirstName          string    `bun:"first_name"`
	LastName           string    `bun:"last_name"`
	// Title is what the person is at work, as they put it.
	Title string `bun:"title"`
	Email string `bun:"email"`
	Phone string `bun:"phone"`
	// Language is "nb" or "en".
	Language string `bun:"language"`
	// ActivatedAt is when the person was first let in with a password of their own choice; nil until then.
	ActivatedAt *time.Time `bun:"activated_at"`
	// DisabledAt is nil for whoever may sign in.
	DisabledAt *time.Time `bun:"disabled_at"`
	CreatedAt  time.Time  `bun:"created_at"`
	UpdatedAt  time.Time  `bun:"updated_at"`
}

// Name is first and last name as people write them.
func (p Person) Name() string { return fullName(p.FirstName, p.LastName) }

// actor is the person at work in a session.
func (p Person) actor(session Session, address string) Actor {
	return Actor{
		PersonID: p.ID, Role: p.Role,
		AccountID: p.AccountID, TechnicianID: p.TechnicianID, SessionID: session.ID,
		FirstName: p.FirstName, LastName: p.LastName, Language: p.Language,
		Address: address,
		// A passkey is nobody else's, whoever knows the password: its owner is not held back.
		MustChangePassword: p.MustChangePassword && session.Method != ByPasskey,
	}
}

// audited is what the audit trail keeps of a person: no password hash, no way to reach them.
func (p Person) audited() map[string]any {
	kept := map[string]any{
		"user_id": p.UserID, "role": p.Role, "language": p.Language,
		"must_change_password": p.MustChangePassword, "disabled": p.DisabledAt != nil,
		"activated": p.ActivatedAt != nil,
	}
	if p.AccountID != uuid.Nil {
		kept["account_id"] = p.AccountID
	}
	if p.TechnicianID != uuid.Nil {
		kept["technician_id"] = p.TechnicianID
	}
	return kept
}

// NormalizeUserID gives the form in which user IDs are stored and compared: NFKC and lower case. White
// space is left alone; a user ID has none.
func NormalizeUserID(userID string) string {
	return norm.NFKC.String(strings.ToLower(norm.NFKC.String(userID)))
}

func fullName(first, last string) string { return strings.TrimSpace(first + " " + last) }
