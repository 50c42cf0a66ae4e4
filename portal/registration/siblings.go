package registration

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/support"
)

// Page says which part of a list: Size is 1 to 100, 0 means 10; an empty Token means the first page.
type Page struct {
	Size  int
	Token string
}

// Sibling is a device at the same site that could be registered too.
type Sibling struct {
	Device portal.DeviceDetail
	// BackupEmail and Reminders are those of the device that was asked about.
	BackupEmail string
	Reminders   bool
	// RefusedReason is why staff refused it before; empty when they did not.
	RefusedReason string
}

// SiblingPage is one page of them, by serial number.
type SiblingPage struct {
	Siblings []Sibling
	// Next is the next page's token; empty on the last page.
	Next  string
	Total int64
	// Support is set when there are ManyDevices or more.
	Support *support.Contact
}

// Choice is a sibling that shall be registered. An empty name leaves the device's.
type Choice struct {
	DeviceID                  uuid.UUID
	FriendlyName, BackupEmail string
	Reminders                 bool
}

// Asked is the answer to RegisterSiblings.
type Asked struct {
	// Registrations are in the order asked for.
	Registrations []Registration
	// Requested is how many of them became pending by this.
	Requested int
	// Support is set when there are ManyDevices or more.
	Support *support.Contact
}

// siblings finds the other devices at the device's site that the person does not follow and has not asked for.
func siblings(idb bun.IDB, personID uuid.UUID, d portal.DeviceDetail) *bun.SelectQuery {
	return idb.NewSelect().TableExpr("devices AS device").
		Where("device.account_id = ? AND device.site_id = ? AND device.id <> ? AND device.retired_at IS NULL", d.AccountID, d.SiteID, d.ID).
		Where(`NOT EXISTS (SELECT FROM registrations AS mine WHERE mine.device_id = device.id AND mine.person_id = ?
			AND mine.state IN (?, ?))`, personID, Active, Pending)
}

// Siblings lists the devices of the company at the site of a device that the customer follows, which they could register
// too. NotFound "device_not_found" for one that they do not follow.
func (s *Service) Siblings(ctx context.Context, actor identity.Actor, deviceID uuid.UUID, page Page) (SiblingPage, error) {
	size, err := portal.PageSize(page.Size)
	if err != nil {
		return SiblingPage{}, err
	}
	var after struct {
		Serial string `json:"s"`
	}
	if page.Token != "" {
		if err := portal.ReadPageToken(page.Token, &after); err != nil {
			return SiblingPage{}, err
		}
		if !portal.Storable(after.Serial) {
			return SiblingPage{}, portal.ErrPageToken
		}
	}
	var list SiblingPage
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		list = SiblingPage{}
		d, err := portal.DeviceOfPerson(ctx, tx, actor, deviceID)
		if err != nil {
			return err
		}
		first := Registration{}
		if err := tx.NewSelect().Model(&first).Where("registration.person_id = ? AND registration.device_id = ?", actor.PersonID, deviceID).
			Scan(ctx); err != nil {
			return fmt.Errorf("registration: reading: %w", err)
		}
		total, err := siblings(tx, actor.PersonID, d).Count(ctx)
		if err != nil {
			return fmt.Errorf("registration: counting siblings: %w", err)
		}
		list.Total = int64(total)
		var rows []struct {
			portal.DeviceDetail `bun:",extend"`
			Refused             string `bun:"refused,scanonly"`
		}
		q := tx.NewSelect().Model(&rows).ColumnExpr("device.*").Relation("Model").
			Where("device.id IN (?)", siblings(tx, actor.PersonID, d).Column("device.id")).
			ColumnExpr("coalesce(before.reason, '') AS refused").
			Join("LEFT JOIN registrations AS before ON before.device_id = device.id AND before.person_id = ?", actor.PersonID).
			OrderExpr("device.serial_number").Limit(int64(size) + 1)
		if page.Token != "" {
			q = q.Where("device.serial_number > ?", after.Serial)
		}
		if err := q.Scan(ctx); err != nil {
			return fmt.Errorf("registration: listing siblings: %w", err)
		}
		if len(rows) > size {
			rows = rows[:size]
			after.Serial = rows[size-1].SerialNumber
			if list.Next, err = portal.PageToken(after); err != nil {
				return err
			}
		}
		for _, row := range rows {
			list.Siblings = append(list.Siblings, Sibling{
				Device: row.DeviceDetail, BackupEmail: first.BackupEmail, Reminders: first.Reminders, RefusedReason: row.Refused,
			})
		}
		if total >= ManyDevices {
			contact, ok, err := s.Support(ctx, tx, actor.AccountID)
			if err != nil {
				return err
			}
			if ok {
				list.Support = &contact
			}
		}
		return nil
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	return list, err
}

// RegisterSiblings asks to follow other devices at the site of one that the customer follows: pending, until staff answer.
// One followed or asked for already stays as it is. NotFound "device_not_found" when one is not at the site; nothing is
// changed then.
func (s *Service) RegisterSiblings(ctx context.Context, actor identity.Actor, op, deviceID uuid.UUID, choices []Choice) (Asked, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return Asked{}, err
	}
	asked := slices.Clone(choices)
	seen := map[uuid.UUID]bool{}
	for i, c := range asked {
		if seen[c.DeviceID] {
			return Asked{}, fault.NewInvalid("siblings", "device_twice", "A device stands twice in the list.")
		}
		seen[c.DeviceID] = true
		clean, err := Settings{FriendlyName: &c.FriendlyName, BackupEmail: &c.BackupEmail}.clean()
		if err != nil {
			return Asked{}, err
		}
		asked[i].FriendlyName, asked[i].BackupEmail = *clean.FriendlyName, *clean.BackupEmail
	}
	return once.InTx(ctx, s.db, once.Key{Person: actor.PersonID, ID: op, Kind: "register_siblings"}, []any{deviceID, choices},
		func(ctx context.Context, tx postgres.Tx) (Asked, error) {
			return s.registerSiblings(ctx, tx, actor, deviceID, asked)
		})
}

func (s *Service) registerSiblings(ctx context.Context, tx postgres.Tx, actor identity.Actor, deviceID uuid.UUID, choices []Choice) (Asked, error) {
	if err := holdPerson(ctx, tx, actor.PersonID, actor.AccountID); err != nil {
		return Asked{}, err
	}
	first, err := portal.DeviceOfPerson(ctx, tx, actor, deviceID)
	if err != nil {
		return Asked{}, err
	}
	devices, err := s.atSite(ctx, tx, first, choices)
	if err != nil {
		return Asked{}, err
	}
	answer := Asked{Registrations: make([]Registration, len(choices))}
	var waiting []Registration
	// In the order of the ids, as everybody who locks several does.
	order := make([]int, len(choices))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(choices[a].DeviceID.String(), choices[b].DeviceID.String()) })
	for _, i := range order {
		d, c := devices[choices[i].DeviceID], choices[i]
		r, exists, err := held(ctx, tx, actor.PersonID, d.ID)
		if err != nil {
			return Asked{}, err
		}
		if !exists || r.State == Removed || r.State == Refused {
			before := auditedOrNil(r, exists)
			r = s.begin(r, exists, actor.PersonID, d, Settings{&c.FriendlyName, &c.BackupEmail, &c.Reminders})
			r.State, r.RequestedAt, r.UpdatedAt = Pending, tx.Now(), tx.Now()
			r.AnswerBy, r.DecidedAt, r.DecidedBy = new(answerBy(d, tx)), nil, uuid.Nil
			if err := store(ctx, tx, &r); err != nil {
				return Asked{}, err
			}
			if err := audit.Write(ctx, tx, actor, "registration.ask", "registration", r.ID, before, r.audited()); err != nil {
				return Asked{}, err
			}
			waiting = append(waiting, withOwn(r, d))
		}
		answer.Registrations[i] = withOwn(r, d)
	}
	answer.Requested = len(waiting)
	if len(choices) >= ManyDevices {
		contact, ok, err := s.Support(ctx, tx, actor.AccountID)
		if err != nil {
			return Asked{}, err
		}
		if ok {
			answer.Support = &contact
		}
	}
	return answer, s.tellWaiting(ctx, tx, actor, waiting)
}

// atSite reads the chosen devices; NotFound when one is not an account's device in use at the site of first.
func (s *Service) atSite(ctx context.Context, tx postgres.Tx, first portal.DeviceDetail, choices []Choice) (map[uuid.UUID]portal.DeviceDetail, error) {
	ids := make([]uuid.UUID, len(choices))
	for i, c := range choices {
		ids[i] = c.DeviceID
	}
	var rows []portal.DeviceDetail
	err := tx.NewSelect().Model(&rows).Relation("Account").Relation("Site").Relation("Model").
		Where("device.id IN (?) AND device.account_id = ? AND device.site_id = ? AND device.retired_at IS NULL",
			bun.List(ids), first.AccountID, first.SiteID).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("registration: reading siblings: %w", err)
	}
	devices := make(map[uuid.UUID]portal.DeviceDetail, len(rows))
	for _, d := range rows {
		devices[d.ID] = d
	}
	for i, id := range ids {
		if _, ok := devices[id]; !ok {
			return nil, errDeviceNotFound.With(fault.Field("siblings"), fault.Param("row", fmt.Sprint(i+1)))
		}
	}
	return devices, nil
}
