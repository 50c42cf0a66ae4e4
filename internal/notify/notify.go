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
// many people, browsers and messages there are, and one more each for followers of devices and where mail goes out.
//
// Each active person of the audience gets the message in their language, by push on each of their browsers
// and by mail as the kind and the person's preferences say. Whoever can be reached by neither still finds it
// in their list, but for kinds that go by push alone: those are told to nobody else. Errors are the database's, or mistakes of the caller in a message; what people typed never
// causes one.
func (s *Service) Notify(ctx context.Context, tx postgres.Tx, messages ...Message) error {
	if len(messages) == 0 {
		return nil
	}
	for _, m := range messages {
		if err := m.check(); err != nil {
			return err
		}
	}
	audiences, err := findAudiences(ctx, tx, messages)
	if err != nil {
		return err
	}
	var mailed []*recipient
	asked := map[*recipient]bool{}
	for _, m := range messages {
		for _, to := range audiences.of(m.To) {
			if (s.mails(m.Kind, to) || policies[m.Kind].pushAlone && len(to.Browsers) > 0) && !asked[to] {
				asked[to], mailed = true, append(mailed, to)
			}
		}
	}
	if err := askMail(ctx, tx, mailed); err != nil {
		return err
	}
	var b batch
	for _, m := range messages {
		for _, to := range audiences.of(m.To) {
			if policies[m.Kind].pushAlone && (len(to.Browsers) == 0 || to.turnedOff(m.Kind.Class())) {
				continue
			}
			if err := s.compose(&b, tx, m, to); err != nil {
				return err
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

// compose adds one message to one person or address.
func (s *Service) compose(b *batch, tx postgres.Tx, m Message, to *recipient) error {
	params, err := s.texts.params(to.Language, m, to.Name)
	if err != nil {
		return err
	}
	title, body, err := s.texts.render(to.Language, m, params)
	if err != nil {
		return err
	}
	n := Notification{
		ID: newID(), PersonID: to.ID, Kind: m.Kind, SubjectKind: m.SubjectKind, SubjectID: m.SubjectID,
		RequestNumber: shorten(clean(m.Params["number"]), maxNumber), Language: s.texts.known(to.Language),
		Title: title, Body: body, URL: m.URL, CreatedAt: tx.Now(),
	}
	if policies[m.Kind].mail != mailNever && s.mail != nil {
		if n.Mail, err = s.texts.mailPart(to.Language, m, params); err != nil {
			return err
		}
	}
	b.notifications = append(b.notifications, n)
	for _, browser := range to.Browsers {
		d := Delivery{
			ID: newID(), NotificationID: n.ID, Channel: Push, SubscriptionID: browser.ID,
			Recipient: browser.Name, State: Queued, UpdatedAt: tx.Now(),
		}
		b.deliveries = append(b.deliveries, d)
		b.jobs = append(b.jobs, river.InsertManyParams{Args: pushArgs{Delivery: d.ID}})
	}
	if s.mails(m.Kind, to) {
		addEmail(b, n, to, tx)
	}
	return nil
}

// mails tells whether a message is to go out by mail at once.
func (s *Service) mails(kind Kind, to *recipient) bool {
	mode := policies[kind].mail
	return s.canMail(kind, to) && (mode == mailAlways || len(to.Browsers) == 0)
}

// canMail tells whether a kind can reach somebody by mail at all.
func (s *Service) canMail(kind Kind, to *recipient) bool {
	return s.mail != nil && policies[kind].mail != mailNever && to.Email != ""
}

// addEmail adds a mail, or why there is none; askMail must have been asked.
func addEmail(b *batch, n Notification, to *recipient, tx postgres.Tx) {
	d := Delivery{
		ID: newID(), NotificationID: n.ID, Channel: Email,
		Recipient: maskAddress(to.Email), State: Queued, UpdatedAt: tx.Now(),
	}
	switch {
	case to.turnedOff(n.Kind.Class()):
		d.State, d.LastError = Withheld, detailTurnedOff
	case to.Paused:
		d.State, d.LastError = Withheld, detailPaused
	default:
		if to.ID == uuid.Nil {
			d.Address = to.Email
		}
		b.jobs = append(b.jobs, river.InsertManyParams{Args: emailArgs{Delivery: d.ID}})
	}
	b.deliveries = append(b.deliveries, d)
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
