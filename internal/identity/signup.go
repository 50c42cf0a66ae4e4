package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// SignUpState says how far a sign-up is.
type SignUpState string

// The states. What does not fit an account is removed while received, and leaves no trace.
const (
	// SignUpReceived: not looked at yet.
	SignUpReceived SignUpState = "received"
	// SignUpMailed: it fits an account, and the link to confirm it was sent.
	SignUpMailed SignUpState = "mailed"
	// SignUpConfirmed: staff are to decide.
	SignUpConfirmed SignUpState = "confirmed"
	SignUpApproved  SignUpState = "approved"
	SignUpRefused   SignUpState = "refused"
)

// NewSignUp is what somebody gives who wants to become a customer's user.
type NewSignUp struct {
	// AccountNumber and PostalCode, of one of the account's sites, show that they belong there. Any usual
	// spelling will do.
	AccountNumber, PostalCode                string
	FirstName, LastName, Title, Email, Phone string
	// Language is "nb" or "en".
	Language string
	Password string
	Answers  [2]Answer
}

// SignUp is a row of sign_ups.
type SignUp struct {
	bun.BaseModel `bun:"table:sign_ups,alias:sign_up"`

	ID            uuid.UUID   `bun:"id,pk,type:uuid"`
	State         SignUpState `bun:"state"`
	AccountNumber string      `bun:"account_number"`
	PostalCode    string      `bun:"postal_code"`
	AccountID     uuid.UUID   `bun:"account_id,type:uuid,nullzero"`
	FirstName     string      `bun:"first_name"`
	LastName      string      `bun:"last_name"`
	Title         string      `bun:"title"`
	Email         string      `bun:"email"`
	Phone         string      `bun:"phone"`
	Language      string      `bun:"language"`
	PasswordHash  string      `bun:"password_hash,nullzero" json:"-"`
	Question1     string      `bun:"question1"`
	Answer1Hash   string      `bun:"answer1_hash,nullzero" json:"-"`
	Question2     string      `bun:"question2"`
	Answer2Hash   string      `bun:"answer2_hash,nullzero" json:"-"`
	TokenHash     []byte      `bun:"token_hash,nullzero" json:"-"`
	CreatedAt     time.Time   `bun:"created_at"`
	ExpiresAt     time.Time   `bun:"expires_at"`
	ConfirmedAt   *time.Time  `bun:"confirmed_at"`
	DecidedAt     *time.Time  `bun:"decided_at"`
	DecidedBy     uuid.UUID   `bun:"decided_by,type:uuid,nullzero"`
	// Reason of a refusal.
	Reason string `bun:"reason"`
	// PersonID is whom an approved one became.
	PersonID uuid.UUID `bun:"person_id,type:uuid,nullzero"`

	// AccountName, and UserID of whom an approved one became, are read along by ListSignUps.
	AccountName string `bun:"account_name,scanonly"`
	UserID      string `bun:"user_id,scanonly"`
}

// SignUp takes somebody's wish to become a customer's user. The answer is the same whether account number and
// postal code are right, and given before they are looked at. When they are, a link goes to the mail address;
// ConfirmSignUp takes it, and then staff decide. The user ID is made by us, so that nothing can be learnt about
// those that exist.
//
// Errors: Invalid naming the field, whoever asks; Limited sign_in_limited for too many mails to the address or
// tries from the network address.
func (s *Service) SignUp(ctx context.Context, operationID uuid.UUID, n NewSignUp, address string) error {
	row, err := n.check()
	if err != nil {
		return err
	}
	args := signUpArgs{operationID}
	asked := []string{
		row.AccountNumber, row.PostalCode, row.FirstName, row.LastName, row.Title, row.Email, row.Phone, row.Language,
		row.Question1, row.Question2,
	}
	if known, err := s.taken(ctx, operationID, asked, args); err != nil || known {
		return err
	}
	if err := s.countMail(ctx, row.Email, address); err != nil {
		return err
	}
	if row.PasswordHash, err = s.hasher.hash(ctx, n.Password); err != nil {
		return err
	}
	hashes, err := s.hashAnswers(ctx, n.Answers)
	if err != nil {
		return err
	}
	now := s.db.Now()
	row.ID, row.State, row.Answer1Hash, row.Answer2Hash = operationID, SignUpReceived, hashes[0], hashes[1]
	row.CreatedAt, row.ExpiresAt = now, now.Add(LinkLife)
	return s.take(ctx, operationID, asked, &row, args)
}

func (n NewSignUp) check() (SignUp, error) {
	row := SignUp{Language: n.Language, Question1: n.Answers[0].Question, Question2: n.Answers[1].Question}
	var err error
	for _, f := range []struct {
		name, value string
		into        *string
		atMost      int
		needed      bool
	}{
		{"account_number", n.AccountNumber, &row.AccountNumber, maxName, true},
		{"postal_code", n.PostalCode, &row.PostalCode, 20, true},
		{"first_name", n.FirstName, &row.FirstName, maxName, true},
		{"last_name", n.LastName, &row.LastName, maxName, true},
		{"title", n.Title, &row.Title, maxName, false},
		{"phone", n.Phone, &row.Phone, maxPhone, false},
	} {
		if *f.into, err = line(f.name, f.value, f.atMost, f.needed); err != nil {
			return row, err
		}
	}
	if row.Email, err = checkEmail("email", n.Email); err != nil {
		return row, err
	}
	if err := checkLanguage(n.Language); err != nil {
		return row, err
	}
	person := Person{FirstName: row.FirstName, LastName: row.LastName, Email: row.Email}
	if err := checkPassword(n.Password, "password", person); err != nil {
		return row, err
	}
	return row, checkAnswers(n.Answers)
}

// receive looks, once, whether a sign-up fits an account: then the link is mailed. Otherwise it is removed.
func (s *Service) receive(ctx context.Context, id uuid.UUID) error {
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		var row SignUp
		err := tx.NewSelect().Model(&row).Where("id = ? AND state = ?", id, SignUpReceived).For("UPDATE").Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("identity: reading a sign-up: %w", err)
		}
		account, fits, err := accountOf(ctx, tx, row)
		if err != nil {
			return err
		}
		if !fits {
			_, err := tx.NewDelete().Model(&row).WherePK().Exec(ctx)
			if err != nil {
				return fmt.Errorf("identity: removing a sign-up: %w", err)
			}
			return nil
		}
		row.State, row.AccountID = SignUpMailed, account
		if _, err := tx.NewUpdate().Model(&row).Column("state", "account_id").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("identity: storing a sign-up: %w", err)
		}
		return s.mailer.Mail(ctx, tx, Mail{
			Kind: MailSignUpConfirm, Address: row.Email, Language: row.Language, Subject: id, Page: "/confirm",
			Params: map[string]string{"name": fullName(row.FirstName, row.LastName)},
		})
	})
}

// accountOf finds the account with the number, in any spelling, that has a site with the postal code.
func accountOf(ctx context.Context, tx postgres.Tx, row SignUp) (uuid.UUID, bool, error) {
	var sites []struct {
		AccountID  uuid.UUID `bun:"account_id,type:uuid"`
		Number     string    `bun:"number"`
		PostalCode string    `bun:"postal_code"`
	}
	// The database narrows it down as far as its own idea of letters goes; the rest is compared here.
	err := tx.NewRaw(`SELECT s.account_id, a.number, s.postal_code FROM accounts a JOIN sites s ON s.account_id = a.id
		WHERE lower(regexp_replace(a.number, '[\s\-\u2010-\u2015]', '', 'g')) = ?`, foldCode(row.AccountNumber)).Scan(ctx, &sites)
	if err != nil {
		return uuid.Nil, false, fmt.Errorf("identity: finding an account: %w", err)
	}
	for _, site := range sites {
		if foldCode(site.PostalCode) == foldCode(row.PostalCode) {
			return site.AccountID, true, nil
		}
	}
	return uuid.Nil, false, nil
}

// ConfirmSignUp takes the token of the link: the address is theirs, and staff may decide. Again it changes
// nothing.
//
// Errors: NotFound link_invalid.
func (s *Service) ConfirmSignUp(ctx context.Context, token string) error {
	hash, ok := hashToken(token)
	if !ok {
		return errLink
	}
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		var row SignUp
		err := tx.NewSelect().Model(&row).Where("token_hash = ?", hash).For("UPDATE").Scan(ctx)
		now := tx.Now()
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return errLink
		case err != nil:
			return fmt.Errorf("identity: reading a sign-up: %w", err)
		case row.ConfirmedAt != nil:
			return nil
		case !now.Before(row.ExpiresAt):
			return errLink
		}
		before := row.audited()
		row.State, row.ConfirmedAt = SignUpConfirmed, &now
		if _, err := tx.NewUpdate().Model(&row).Column("state", "confirmed_at").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("identity: confirming a sign-up: %w", err)
		}
		return audit.Write(ctx, tx, System(), "sign_up.confirmed", "sign_up", row.ID, before, row.audited())
	})
}

// errNotStaff is the answer to whoever may not decide on sign-ups.
var errNotStaff = fault.NewForbidden("role_refused", "You may not do this.")

func staff(actor Actor) error {
	if !actor.Is(RoleDispatcher, RoleAdmin) {
		return errNotStaff
	}
	return nil
}
