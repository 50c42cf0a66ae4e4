package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/postgres"
)

// recipient is an active person who may be told something, or, without an ID, a mail address.
type recipient struct {
	ID           uuid.UUID
	AccountID    uuid.UUID
	TechnicianID uuid.UUID
	Staff        bool
	Language     string
	Name         string
	Email        string
	Browsers     []browser
	// Off are the classes that the person, or whoever reads the mail, wants none of, Paused that mail servers refused the address
	// too often; both are there once askMail was asked.
	Off    []string
	Paused bool
}

// browser is a push subscription, as far as queueing needs it.
type browser struct {
	ID uuid.UUID
	// Name is the label, or the host of the push service.
	Name string
}

// audiences are the recipients of several messages, found in one go.
type audiences struct {
	people []*recipient
	// by what an Audience names; each list is in the order of people.
	byPerson, byAccount, byTechnician, byDevice map[uuid.UUID][]*recipient
	staff                                       []*recipient
	addresses                                   map[Address]*recipient
}

// of gives who gets a message.
func (a *audiences) of(to Audience) []*recipient {
	switch {
	case to.Person != uuid.Nil:
		return a.byPerson[to.Person]
	case to.Account != uuid.Nil:
		return a.byAccount[to.Account]
	case to.Technician != uuid.Nil:
		return a.byTechnician[to.Technician]
	case to.Device != uuid.Nil:
		return a.byDevice[to.Device]
	case to.Staff:
		return a.staff
	default:
		return []*recipient{a.addresses[to.Address]}
	}
}

// maxTypedAddress in octets is more than any address has, so that what is cut is not taken for one.
const maxTypedAddress = 400

// sought are the ids that messages name, each once.
type sought struct{ people, accounts, technicians, devices []uuid.UUID }

// findAudiences finds all people of all audiences with their subscriptions, in one statement, and one more where a
// message goes to the followers of a device. Whoever is disabled is not among them.
func findAudiences(ctx context.Context, tx postgres.Tx, messages []Message) (*audiences, error) {
	var w sought
	seen := map[uuid.UUID]bool{}
	add := func(ids []uuid.UUID, id uuid.UUID) []uuid.UUID {
		if id == uuid.Nil || seen[id] {
			return ids
		}
		seen[id] = true
		return append(ids, id)
	}
	staff := false
	a := &audiences{addresses: map[Address]*recipient{}}
	for _, m := range messages {
		w.people = add(w.people, m.To.Person)
		w.accounts = add(w.accounts, m.To.Account)
		w.technicians = add(w.technicians, m.To.Technician)
		w.devices = add(w.devices, m.To.Device)
		staff = staff || m.To.Staff
		if to := m.To.Address; to != (Address{}) {
			a.addresses[to] = &recipient{Language: to.Language, Name: to.Name, Email: shorten(clean(to.Email), maxTypedAddress)}
		}
	}
	followers, err := followersOf(ctx, tx, w.devices)
	if err != nil {
		return nil, err
	}
	for _, people := range followers {
		for _, id := range people {
			w.people = add(w.people, id)
		}
	}
	if a.people, err = readPeople(ctx, tx, w, staff); err != nil {
		return nil, err
	}
	a.sortOut(followers)
	return a, nil
}

// sortOut fills the maps from people.
func (a *audiences) sortOut(followers map[uuid.UUID][]uuid.UUID) {
	a.byPerson, a.byAccount = map[uuid.UUID][]*recipient{}, map[uuid.UUID][]*recipient{}
	a.byTechnician, a.byDevice = map[uuid.UUID][]*recipient{}, map[uuid.UUID][]*recipient{}
	for _, p := range a.people {
		a.byPerson[p.ID] = []*recipient{p}
		if p.AccountID != uuid.Nil {
			a.byAccount[p.AccountID] = append(a.byAccount[p.AccountID], p)
		}
		if p.TechnicianID != uuid.Nil {
			a.byTechnician[p.TechnicianID] = append(a.byTechnician[p.TechnicianID], p)
		}
		if p.Staff {
			a.staff = append(a.staff, p)
		}
	}
	for device, people := range followers {
		for _, id := range people {
			a.byDevice[device] = append(a.byDevice[device], a.byPerson[id]...)
		}
	}
}

// readPeople reads the active people of audiences, in order of their ids.
func readPeople(ctx context.Context, tx postgres.Tx, w sought, staff bool) ([]*recipient, error) {
	var conditions []string
	var args []any
	for _, audience := range []struct {
		column string
		ids    []uuid.UUID
	}{{"p.id", w.people}, {"p.account_id", w.accounts}, {"p.technician_id", w.technicians}} {
		if len(audience.ids) > 0 {
			conditions = append(conditions, audience.column+" IN (?)")
			args = append(args, bun.List(audience.ids))
		}
	}
	if staff {
		conditions = append(conditions, "p.role IN ('dispatcher', 'admin')")
	}
	if len(conditions) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID             uuid.UUID `bun:"id,type:uuid"`
		AccountID      uuid.UUID `bun:"account_id,type:uuid,nullzero"`
		TechnicianID   uuid.UUID `bun:"technician_id,type:uuid,nullzero"`
		Staff          bool      `bun:"staff"`
		Language       string    `bun:"language"`
		Name           string    `bun:"name"`
		Email          string    `bun:"email"`
		SubscriptionID uuid.UUID `bun:"subscription_id,type:uuid,nullzero"`
		Browser        string    `bun:"browser"`
	}
	err := tx.NewRaw(`SELECT p.id, p.account_id, p.technician_id, p.role IN ('dispatcher', 'admin') AS staff,
			p.language, concat_ws(' ', NULLIF(p.first_name, ''), NULLIF(p.last_name, '')) AS name, p.email,
			s.id AS subscription_id, COALESCE(NULLIF(s.label, ''), split_part(s.endpoint, '/', 3), '') AS browser
		FROM people p LEFT JOIN push_subscriptions s ON s.person_id = p.id
		WHERE p.disabled_at IS NULL AND (`+strings.Join(conditions, " OR ")+`)
		ORDER BY p.id, s.created_at, s.id`, args...).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("notify: finding whom to tell: %w", err)
	}
	var found []*recipient
	for _, row := range rows {
		if n := len(found); n == 0 || found[n-1].ID != row.ID {
			found = append(found, &recipient{
				ID: row.ID, AccountID: row.AccountID, TechnicianID: row.TechnicianID, Staff: row.Staff,
				Language: row.Language, Name: row.Name, Email: row.Email,
			})
		}
		if row.SubscriptionID != uuid.Nil {
			last := found[len(found)-1]
			last.Browsers = append(last.Browsers, browser{row.SubscriptionID, row.Browser})
		}
	}
	return found, nil
}

// followersOf gives who follows each device: the people with an active registration, while the device is in use and their
// company's.
func followersOf(ctx context.Context, tx postgres.Tx, devices []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	if len(devices) == 0 {
		return nil, nil
	}
	var rows []struct {
		DeviceID uuid.UUID `bun:"device_id,type:uuid"`
		PersonID uuid.UUID `bun:"person_id,type:uuid"`
	}
	err := tx.NewRaw(`SELECT r.device_id, r.person_id FROM registrations r
		JOIN devices d ON d.id = r.device_id
		JOIN people p ON p.id = r.person_id AND p.account_id = d.account_id
		WHERE r.state = 'active' AND d.retired_at IS NULL AND r.device_id IN (?)
		ORDER BY r.person_id`, bun.List(devices)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("notify: finding who follows devices: %w", err)
	}
	followers := make(map[uuid.UUID][]uuid.UUID, len(devices))
	for _, row := range rows {
		followers[row.DeviceID] = append(followers[row.DeviceID], row.PersonID)
	}
	return followers, nil
}

// turnedOff tells whether the recipient wants no mail of a class.
func (r *recipient) turnedOff(c Class) bool {
	return c.canTurnOff() && slices.Contains(r.Off, string(c))
}
