package addresschange

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// devicesPage and boardPage are what a message opens.
const (
	devicesPage = "/devices"
	boardPage   = "/board/approvals"
)

// tellReceived confirms a wish to the customer who asked, and tells staff that there is something to answer.
func (s *Service) tellReceived(ctx context.Context, tx postgres.Tx, actor identity.Actor, c Change) error {
	n, err := movers(tx, c.AccountID, c.SiteID).Count(ctx)
	if err != nil {
		return fmt.Errorf("addresschange: counting devices: %w", err)
	}
	until := c.AnswerBy
	if place, err := time.LoadLocation(c.Site.TimeZone); err == nil {
		until = until.In(place)
	}
	mine := c.message(notify.AddressChangeReceived, c.RequestedBy)
	mine.Numbers, mine.Dates = map[string]int64{"count": int64(n)}, map[string]time.Time{"answer_by": until}
	var messages []notify.Message
	if actor.Is(identity.RoleCustomer) { // staff see what they filed
		messages = append(messages, mine)
	}
	return s.notifier.Notify(ctx, tx, append(messages, notify.Message{
		To: notify.Audience{Staff: true}, Kind: notify.ApprovalWaiting, SubjectKind: "address_change", SubjectID: c.ID, URL: boardPage,
		Params:  map[string]string{"customer": c.Account.Name, "person": actor.Name(), "site": c.siteName()},
		Numbers: map[string]int64{"count": int64(n)}, Dates: map[string]time.Time{"answer_by": until},
	})...)
}

// tellApproved tells everyone who follows one of the devices, each once.
func (s *Service) tellApproved(ctx context.Context, tx postgres.Tx, c Change, devices int64) error {
	var people []uuid.UUID
	if err := tx.NewRaw(`SELECT DISTINCT person.id FROM people AS person JOIN registrations AS registration ON registration.person_id = person.id
			JOIN devices AS device ON device.id = registration.device_id AND device.account_id = person.account_id AND device.retired_at IS NULL
		WHERE registration.state = 'active' AND device.site_id = ? AND person.disabled_at IS NULL ORDER BY person.id`, c.SiteID).Scan(ctx, &people); err != nil {
		return fmt.Errorf("addresschange: reading who follows: %w", err)
	}
	var messages []notify.Message
	for _, person := range people {
		m := c.message(notify.AddressChangeApproved, person)
		m.Numbers = map[string]int64{"count": devices}
		messages = append(messages, m)
	}
	return s.notifier.Notify(ctx, tx, messages...)
}

// tellRefused tells the person who asked.
func (s *Service) tellRefused(ctx context.Context, tx postgres.Tx, c Change) error {
	m := c.message(notify.AddressChangeRefused, c.RequestedBy)
	m.Params["reason"] = c.DecisionReason
	if c.Person != nil && c.Person.Role != identity.RoleCustomer { // it was filed for a customer
		m.URL = boardPage
	}
	return s.notifier.Notify(ctx, tx, m)
}

func (c Change) message(kind notify.Kind, person uuid.UUID) notify.Message {
	return notify.Message{
		To: notify.Audience{Person: person}, Kind: kind, SubjectKind: "address_change", SubjectID: c.ID, URL: devicesPage,
		Params: map[string]string{"site": c.siteName(), "address": c.Address.String()},
	}
}

// siteName is what people call the site: its name, or else its city.
func (c Change) siteName() string { return nameOf(c.Site) }

func nameOf(s *portal.Site) string {
	if s.Name != "" {
		return s.Name
	}
	return s.City
}
