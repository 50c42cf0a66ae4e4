package reminder

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/notify"
	"utsendt/portal/readings"
)

// letter is what one person is told, of all their devices in a place at once.
type letter struct {
	person   uuid.UUID
	devices  []device
	messages []notify.Message
}

// device is one whose reading is missing.
type device struct {
	PersonID     uuid.UUID `bun:"person_id,type:uuid"`
	Language     string    `bun:"language"`
	Email        string    `bun:"email"`
	SerialNumber string    `bun:"serial_number"`
	FriendlyName string    `bun:"friendly_name"`
	SiteName     string    `bun:"site_name"`
	BackupEmail  string    `bun:"backup_email"`
	Bulk         bool      `bun:"bulk"`
}

// letters reads the devices of a lot of people and writes what they are told.
func (s *Service) letters(ctx context.Context, p place, which kind, turned []readings.Turn, people []uuid.UUID) ([]letter, error) {
	var devices []device
	err := s.missing(p, which, turned).Join("JOIN accounts AS account ON account.id = device.account_id").
		Join("LEFT JOIN country_settings AS setting ON setting.country = account.country").
		ColumnExpr("r.person_id, r.backup_email, person.language, person.email, device.serial_number, device.friendly_name").
		ColumnExpr("site.name AS site_name, coalesce(setting.bulk_readings, false) AS bulk").
		Where("r.person_id IN (?)", bun.List(people)).
		OrderExpr("r.person_id, device.friendly_name, device.serial_number").Scan(ctx, &devices)
	if err != nil {
		return nil, fmt.Errorf("reminder: reading devices: %w", err)
	}
	var all []letter
	for len(devices) > 0 {
		n := 1
		for n < len(devices) && devices[n].PersonID == devices[0].PersonID {
			n++
		}
		all = append(all, s.write(which, turned[0].Period, devices[:n:n]))
		devices = devices[n:]
	}
	return all, nil
}

// write makes the messages about one person's devices: to the person, and for the second reminder to the backup addresses,
// each about its own devices.
func (s *Service) write(which kind, period readings.Month, devices []device) letter {
	first := devices[0]
	l := letter{person: first.PersonID, devices: devices}
	l.messages = append(l.messages, s.message(which, period, devices, notify.Audience{Person: first.PersonID}))
	if which != overdue {
		return l
	}
	byAddress := map[string][]device{}
	var addresses []string
	for _, d := range devices {
		if d.BackupEmail == "" || d.BackupEmail == d.Email {
			continue
		}
		if byAddress[d.BackupEmail] == nil {
			addresses = append(addresses, d.BackupEmail)
		}
		byAddress[d.BackupEmail] = append(byAddress[d.BackupEmail], d)
	}
	slices.Sort(addresses)
	for _, address := range addresses {
		to := notify.Audience{Address: notify.Address{Email: address, Language: first.Language}}
		l.messages = append(l.messages, s.message(which, period, byAddress[address], to))
	}
	return l
}

func (s *Service) message(which kind, period readings.Month, devices []device, to notify.Audience) notify.Message {
	m := notify.Message{
		To: to, Kind: notify.ReadingDue, SubjectKind: "readings", SubjectID: devices[0].PersonID, URL: page,
		Params:  map[string]string{"device": cmp.Or(devices[0].FriendlyName, devices[0].SerialNumber), "period": period.String()},
		Numbers: map[string]int64{"count": int64(len(devices))},
	}
	if which == overdue {
		m.Kind = notify.ReadingOverdue
	}
	if devices[0].Bulk && to.Person != uuid.Nil {
		m.Params["bulk"] = s.BaseURL + filePage
	}
	for _, d := range devices {
		m.Lines = append(m.Lines, notify.Line{Label: cmp.Or(d.FriendlyName, d.SiteName, d.SerialNumber), Value: d.SerialNumber})
	}
	return m
}
