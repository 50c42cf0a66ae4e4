package registration

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
)

// devicesPage and boardPage are what a message opens.
const (
	devicesPage = "/devices"
	boardPage   = "/board/approvals"
)

// tellWaiting tells a customer that their registrations wait, and staff that there is something to answer: one message
// each, however many there are.
func (s *Service) tellWaiting(ctx context.Context, tx postgres.Tx, actor identity.Actor, rows []Registration) error {
	if len(rows) == 0 {
		return nil
	}
	until := *rows[0].AnswerBy
	for _, r := range rows {
		if r.AnswerBy.After(until) {
			until = *r.AnswerBy
		}
	}
	if place, err := time.LoadLocation(rows[0].Device.Site.TimeZone); err == nil {
		until = until.In(place)
	}
	mine := s.message(notify.RegistrationPending, actor.PersonID, rows)
	mine.Dates = map[string]time.Time{"answer_by": until}
	staff := notify.Message{
		To: notify.Audience{Staff: true}, Kind: notify.ApprovalWaiting, SubjectKind: "registration", SubjectID: rows[0].ID, URL: boardPage,
		Params:  map[string]string{"customer": rows[0].Device.Account.Name, "person": actor.Name()},
		Numbers: map[string]int64{"count": int64(len(rows))}, Dates: map[string]time.Time{"answer_by": until},
	}
	return s.notifier.Notify(ctx, tx, mine, staff)
}

// tellDecided tells each person what became of their registrations: one message each.
func (s *Service) tellDecided(ctx context.Context, tx postgres.Tx, kind notify.Kind, reason string, rows []Registration) error {
	people := map[uuid.UUID][]Registration{}
	for _, r := range rows {
		people[r.PersonID] = append(people[r.PersonID], r)
	}
	var messages []notify.Message
	for person, own := range people {
		m := s.message(kind, person, own)
		if reason != "" {
			m.Params["reason"] = reason
		}
		messages = append(messages, m)
	}
	// The same order in every transaction.
	slices.SortFunc(messages, func(a, b notify.Message) int { return cmp.Compare(a.To.Person.String(), b.To.Person.String()) })
	return s.notifier.Notify(ctx, tx, messages...)
}

// message lists registrations for their person.
func (s *Service) message(kind notify.Kind, person uuid.UUID, rows []Registration) notify.Message {
	m := notify.Message{
		To: notify.Audience{Person: person}, Kind: kind, SubjectKind: "registration", SubjectID: rows[0].ID, URL: devicesPage,
		Params: map[string]string{"device": label(rows[0])}, Numbers: map[string]int64{"count": int64(len(rows))},
	}
	if len(rows) == 1 {
		m.URL = devicesPage + "/" + url.PathEscape(rows[0].Device.SerialNumber)
	}
	for _, r := range rows {
		m.Lines = append(m.Lines, notify.Line{Label: r.Device.SerialNumber, Value: cmp.Or(r.FriendlyName(), r.Device.Model.Name)})
	}
	return m
}

// label is how people know a device: its name and serial number.
func label(r Registration) string {
	if name := r.FriendlyName(); name != "" {
		return name + " (" + r.Device.SerialNumber + ")"
	}
	return r.Device.SerialNumber
}
