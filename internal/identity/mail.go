package identity

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"utsendt/internal/postgres"
)

// MailKind says what a mail about somebody's account is about.
type MailKind string

// The kinds of mail. None of them can be turned off.
const (
	MailTemporaryPassword MailKind = "temporary_password"
	MailUserIDReminder    MailKind = "user_id_reminder"
	MailSignUpConfirm     MailKind = "sign_up_confirm"
	MailSignUpApproved    MailKind = "sign_up_approved"
	MailSignUpRefused     MailKind = "sign_up_refused"
	MailEmailConfirm      MailKind = "email_confirm"
	MailEmailChanged      MailKind = "email_changed"
	MailPasswordChanged   MailKind = "password_changed"
	MailPasskeyAdded      MailKind = "passkey_added"
)

// SecretKinds are the kinds of mail that Secret makes something for.
func SecretKinds() []MailKind {
	return []MailKind{MailTemporaryPassword, MailSignUpConfirm, MailEmailConfirm}
}

// Mail is one mail to write: to a person at their address, or to another address.
type Mail struct {
	Kind MailKind
	// Person whom it is about; uuid.Nil for somebody who signs up.
	Person uuid.UUID
	// Address, when it is not the person's own, and its reader's language.
	Address, Language string
	// Subject is what Secret is asked with: the recovery, sign-up or change of address.
	Subject uuid.UUID
	// Page that the mail leads to, a path.
	Page string
	// Params fill the text: "user_id", "reason", "name", "passkey".
	Params map[string]string
}

// Mailer queues mails in the transaction of the change that they tell of.
type Mailer interface {
	Mail(ctx context.Context, tx postgres.Tx, m Mail) error
}

type noMail struct{}

func (noMail) Mail(context.Context, postgres.Tx, Mail) error { return nil }

// UseMail makes the Service write its mails by m. Call it once, before anything is done.
func (s *Service) UseMail(m Mailer) { s.mailer = m }

// Secret makes what only the mail itself may hold, at the moment it is sent: "password" for a temporary
// password; "token" for a link. It is stored as a hash. Sent again, the mail holds a new one, and the older
// counts no more. False means that there is nothing to send any more: what the mail is about was done or ran out.
func (s *Service) Secret(ctx context.Context, tx postgres.Tx, kind MailKind, person, subject uuid.UUID) (map[string]string, bool, error) {
	switch kind {
	case MailTemporaryPassword:
		password, ok, err := giveTemporary(ctx, tx, person, subject)
		return map[string]string{"password": password}, ok, err
	case MailSignUpConfirm:
		return giveToken(ctx, tx, "UPDATE sign_ups SET token_hash = ? WHERE id = ? AND state = 'mailed' AND expires_at > ?", subject)
	case MailEmailConfirm:
		return giveToken(ctx, tx, "UPDATE email_changes SET token_hash = ? WHERE id = ? AND confirmed_at IS NULL AND expires_at > ?", subject)
	default:
		return nil, false, fmt.Errorf("identity: a %q mail holds no secret", kind)
	}
}

func giveToken(ctx context.Context, tx postgres.Tx, query string, subject uuid.UUID) (map[string]string, bool, error) {
	token, hash := newToken()
	res, err := tx.NewRaw(query, hash, subject, tx.Now()).Exec(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("identity: storing a link: %w", err)
	}
	n, err := res.RowsAffected()
	return map[string]string{"token": token}, n == 1, err
}
