package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// A person may send themselves this many test messages in testWindow.
const (
	maxTests   = 5
	testWindow = time.Minute
)

// SendTest queues a test message to one browser of the actor, or to all where subscription is empty, and
// tells to how many.
//
// Errors: NotFound subscription_not_found; WrongState no_subscription; Limited push_test_limited after five
// in a minute.
func (s *Service) SendTest(ctx context.Context, actor identity.Actor, subscription string) (int, error) {
	if err := signedIn(actor); err != nil {
		return 0, err
	}
	wanted := uuid.Nil
	if subscription != "" {
		var err error
		if wanted, err = uuid.Parse(subscription); err != nil || wanted == uuid.Nil {
			return 0, errSubscriptionNotFound
		}
	}
	queued := 0
	err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		m := Message{To: Audience{Person: actor.PersonID}, Kind: Test, URL: "/"}
		people, err := readPeople(ctx, tx, sought{people: []uuid.UUID{actor.PersonID}}, false)
		if err != nil {
			return err
		}
		if len(people) == 0 || len(people[0].Browsers) == 0 {
			if wanted != uuid.Nil {
				return errSubscriptionNotFound
			}
			return fault.NewWrongState("no_subscription", "Notifications are not turned on in any browser.")
		}
		person := people[0]
		if wanted != uuid.Nil {
			all := person.Browsers
			person.Browsers = nil
			for _, browser := range all {
				if browser.ID == wanted {
					person.Browsers = append(person.Browsers, browser)
				}
			}
			if len(person.Browsers) == 0 {
				return errSubscriptionNotFound
			}
		}
		var tests int
		if err := tx.NewRaw(`SELECT count(*) FROM notifications WHERE person_id = ? AND kind = ? AND created_at > ?`,
			actor.PersonID, Test, tx.Now().Add(-testWindow)).Scan(ctx, &tests); err != nil {
			return fmt.Errorf("notify: counting test messages: %w", err)
		}
		if tests >= maxTests {
			return fault.NewLimited("push_test_limited", "That were enough tests for now. Try again in a minute.", testWindow)
		}
		var b batch
		if err := s.compose(&b, tx, m, person); err != nil {
			return err
		}
		queued = len(b.deliveries)
		return s.store(ctx, tx, b)
	})
	if err != nil {
		return 0, err
	}
	return queued, nil
}
