package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/postgres"
)

// mailGuard holds back whoever would fill another's mailbox: from the fifth mail to one address within a day on
// there is a wait.
var mailGuard = guard{free: 4, forget: 24 * time.Hour}

// reminder is a row of user_id_reminders.
type reminder struct {
	bun.BaseModel `bun:"table:user_id_reminders"`

	ID        uuid.UUID `bun:"id,pk,type:uuid"`
	FirstName string    `bun:"first_name"`
	LastName  string    `bun:"last_name"`
	Email     string    `bun:"email"`
	CreatedAt time.Time `bun:"created_at"`
}

// RemindUserID takes somebody's names and mail address. When active people have them, their user IDs go to that
// address, in one mail. The answer is the same whether there is a match, and given before it is looked for.
//
// Errors: Invalid naming the field; Limited sign_in_limited while the address asked about, or the network
// address, has to wait.
func (s *Service) RemindUserID(ctx context.Context, operationID uuid.UUID, firstName, lastName, email, address string) error {
	row := &reminder{ID: operationID, CreatedAt: s.db.Now()}
	var err error
	if row.FirstName, err = line("first_name", firstName, maxName, true); err != nil {
		return err
	}
	if row.LastName, err = line("last_name", lastName, maxName, true); err != nil {
		return err
	}
	if row.Email, err = checkEmail("email", email); err != nil {
		return err
	}
	asked, args := []string{row.FirstName, row.LastName, row.Email}, reminderArgs{operationID}
	if known, err := s.taken(ctx, operationID, asked, args); err != nil || known {
		return err
	}
	if err := s.countMail(ctx, row.Email, address); err != nil {
		return err
	}
	return s.take(ctx, operationID, asked, row, args)
}

// countMail counts a mail that somebody may cause, for its recipient and for the network address.
func (s *Service) countMail(ctx context.Context, email, address string) error {
	to, from := mailKey(email), addressKey(address)
	if err := s.throttled(ctx, to, from); err != nil {
		return err
	}
	if err := s.count(ctx, mailGuard, to); err != nil {
		return err
	}
	return s.countAddress(ctx, from)
}

// remind deals with a reminder, once, and forgets what was typed.
func (s *Service) remind(ctx context.Context, id uuid.UUID) error {
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		var asked reminder
		err := tx.NewSelect().Model(&asked).Where("id = ? AND done_at IS NULL", id).For("UPDATE").Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("identity: reading a reminder: %w", err)
		}
		if _, err := tx.NewRaw("UPDATE user_id_reminders SET done_at = ?, first_name = '', last_name = '', email = '' WHERE id = ?",
			tx.Now(), id).Exec(ctx); err != nil {
			return fmt.Errorf("identity: forgetting a reminder: %w", err)
		}
		people, err := active(ctx, tx, "lower(person.email) = lower(?)", asked.Email)
		if err != nil {
			return err
		}
		var ids []string
		var first Person
		for _, p := range people {
			if foldText(p.FirstName) != foldText(asked.FirstName) || foldText(p.LastName) != foldText(asked.LastName) {
				continue
			}
			if len(ids) == 0 {
				first = p
			}
			ids = append(ids, p.UserID)
			if err := audit.Write(ctx, tx, System(), "person.remind_user_id", "person", p.ID, nil, nil); err != nil {
				return err
			}
		}
		if len(ids) == 0 {
			return nil
		}
		return s.mailer.Mail(ctx, tx, Mail{
			Kind: MailUserIDReminder, Person: first.ID, Subject: id, Page: "/",
			Params: map[string]string{"user_id": strings.Join(ids, ", ")},
		})
	})
}
