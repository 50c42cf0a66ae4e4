package notify

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"utsendt/internal/postgres"
)

// Notify queues messages in the transaction of the change that they tell of: they go out when it is
// committed, and never when it is rolled back. It sends nothing itself, and takes three statements however
// many people, browsers and messages there are.
//
// Each active person of the audience gets the message in their language, by push on each of their browsers;
// customers who have none by e-mail. Whoever can be reached by neither still finds it in their list.
// Errors are the database's, or mistakes of the caller in a message; what people typed never causes one.
func (s *Service) Notify(ctx context.Context, tx postgres.Tx, messages ...Message) error {
	if len(messages) == 0 {
		return nil
	}
	for _, m := range messages {
		if err := m.check(); err != nil {
			return err
		}
	}
	people, err := recipients(ctx, tx, messages)
	if err != nil {
		return err
	}
	var b batch
	for _, m := range messages {
		for _, person := range people {
			if person.in(m.To) {
				if err := s.compose(&b, tx, m, person); err != nil {
					return err
				}
			}
		}
	}
	return s.store(ctx, tx, b)
}

// batch is what one transaction queues.
type batch struct {
	notifications []Notification
	deliveries    []Delivery
	jobs          []river.InsertManyParams
}

// compose adds one message to one person.
func (s *Service) compose(b *batch, tx postgres.Tx, m Message, person recipient) error {
	title, body, err := s.texts.render(person.Language, m)
	if err != nil {
		return err
	}
	n := Notification{
		ID: newID(), PersonID: person.ID, Kind: m.Kind, SubjectKind: m.SubjectKind, SubjectID: m.SubjectID,
		RequestNumber: shorten(clean(m.Params["number"]), maxNumber), Language: person.Language,
		Title: title, Body: body, URL: m.URL, CreatedAt: tx.Now(),
	}
	b.notifications = append(b.notifications, n)
	for _, browser := range person.Browsers {
		d := Delivery{
			ID: newID(), NotificationID: n.ID, Channel: Push, SubscriptionID: browser.ID,
			Recipient: browser.Name, State: Queued, UpdatedAt: tx.Now(),
		}
		b.deliveries = append(b.deliveries, d)
		b.jobs = append(b.jobs, river.InsertManyParams{Args: pushArgs{Delivery: d.ID}})
	}
	if len(person.Browsers) == 0 && s.mayEmail(m.Kind, person.Email) {
		b.addEmail(n.ID, person.Email, tx)
	}
	return nil
}

// mayEmail tells whether e-mail may step in.
func (s *Service) mayEmail(kind Kind, address string) bool {
	return s.mail != nil && address != "" && policies[kind].email
}

func (b *batch) addEmail(notification uuid.UUID, address string, tx postgres.Tx) {
	d := Delivery{
		ID: newID(), NotificationID: notification, Channel: Email,
		Recipient: maskAddress(address), State: Queued, UpdatedAt: tx.Now(),
	}
	b.deliveries = append(b.deliveries, d)
	b.jobs = append(b.jobs, river.InsertManyParams{Args: emailArgs{Delivery: d.ID}})
}

// store writes a batch: one statement for the ledger, one for the jobs.
func (s *Service) store(ctx context.Context, tx postgres.Tx, b batch) error {
	var err error
	switch {
	case len(b.deliveries) == 0 && len(b.notifications) == 0:
		return nil
	case len(b.deliveries) == 0:
		_, err = tx.NewInsert().Model(&b.notifications).Exec(ctx)
	case len(b.notifications) == 0:
		_, err = tx.NewInsert().Model(&b.deliveries).Exec(ctx)
	default:
		// Foreign keys are checked at the end of the statement, when both are there.
		_, err = tx.NewInsert().With("written", tx.NewInsert().Model(&b.notifications)).
			Model(&b.deliveries).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("notify: writing the ledger: %w", err)
	}
	return s.jobs.InsertMany(ctx, tx, b.jobs)
}

// newID makes an id that grows with time, which keeps the indexes' new entries together. It fails only
// where the system has no randomness, and then Go's own crypto/rand ends the program first.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
