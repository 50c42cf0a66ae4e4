package backoffice

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/revision"
	"utsendt/portal"
)

// Device is a printer.
type Device struct {
	bun.BaseModel `bun:"table:devices,alias:device"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	DeviceFields
	AccountID  uuid.UUID  `bun:"account_id,type:uuid"`
	SiteID     uuid.UUID  `bun:"site_id,type:uuid"`
	ContractID *uuid.UUID `bun:"contract_id,type:uuid"`
	CreatedAt  time.Time  `bun:"created_at"`
	UpdatedAt  time.Time  `bun:"updated_at"`
	// RetiredAt is nil while in use.
	RetiredAt *time.Time `bun:"retired_at"`

	ModelName      string `bun:"model_name,scanonly"`
	AccountNumber  string `bun:"account_number,scanonly"`
	AccountName    string `bun:"account_name,scanonly"`
	SiteNumber     string `bun:"site_number,scanonly"`
	SiteName       string `bun:"site_name,scanonly"`
	City           string `bun:"city,scanonly"`
	ContractNumber string `bun:"contract_number,scanonly"`
	// OpenID and OpenNumber are of the open request; uuid.Nil and "" when there is none.
	OpenID     uuid.UUID `bun:"open_id,scanonly"`
	OpenNumber string    `bun:"open_number,scanonly"`
}

// DeviceFields are what may be changed of a device where it stands.
type DeviceFields struct {
	// SerialNumber is in the form of portal.SerialNumber.
	SerialNumber string    `bun:"serial_number"`
	ModelID      uuid.UUID `bun:"model_id,type:uuid"`
	FriendlyName string    `bun:"friendly_name"`
}

// Revision is what a change of it, also a move, must be based on.
func (d *Device) Revision() string { return d.fields().Revision() }

func (d *Device) begin(id uuid.UUID, now time.Time) { d.ID, d.CreatedAt, d.UpdatedAt = id, now, now }
func (d *Device) touch(now time.Time)               { d.UpdatedAt = now }
func (d *Device) fields() revision.Fields {
	return revision.Fields{
		{Name: "serial_number", Value: d.SerialNumber}, {Name: "model_id", Value: d.ModelID},
		{Name: "friendly_name", Value: d.FriendlyName}, {Name: "account_id", Value: d.AccountID},
		{Name: "site_id", Value: d.SiteID}, {Name: "contract_id", Value: d.ContractID}, {Name: "retired", Value: d.RetiredAt != nil},
	}
}

func (f *DeviceFields) check() error {
	tidy(&f.FriendlyName)
	if f.SerialNumber = portal.SerialNumber(f.SerialNumber); f.SerialNumber == "" {
		return fault.NewInvalid("fields.serial_number", "field_missing", "The serial number must not be empty.", fault.Param("field", "serial_number"))
	}
	return nil
}

// DeviceQuery asks for devices.
type DeviceQuery struct {
	Text string
	// Each is uuid.Nil for all.
	AccountID, SiteID, ContractID, ModelID uuid.UUID
	// WithRetired also gives those that are out of use.
	WithRetired bool
	Page        Page
}

var deviceOrder = ordering[Device]{"device.serial_number", "device.id::text", func(d *Device) place { return place{d.SerialNumber, d.ID.String()} }}

func withSurroundings(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Join("JOIN accounts AS account ON account.id = device.account_id").Join("JOIN sites AS site ON site.id = device.site_id").
		Join("JOIN models AS model ON model.id = device.model_id").Join("LEFT JOIN contracts AS contract ON contract.id = device.contract_id")
}

func deviceColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr(`device.id, device.serial_number, device.model_id, device.friendly_name, device.account_id, device.site_id,
			device.contract_id, device.created_at, device.updated_at, device.retired_at`).
		ColumnExpr(`model.name AS model_name, account.number AS account_number, account.name AS account_name, site.number AS site_number,
			site.name AS site_name, site.city AS city, coalesce(contract.number, '') AS contract_number`).
		ColumnExpr("open.id AS open_id, coalesce(open.number, '') AS open_number").
		Join("LEFT JOIN service_requests AS open ON open.device_id = device.id AND open.state NOT IN ('completed', 'cancelled')")
}

// Devices lists devices by serial number. For staff.
func (s *Service) Devices(ctx context.Context, actor identity.Actor, query DeviceQuery) (Found[Device], error) {
	if err := staff(actor); err != nil {
		return Found[Device]{}, err
	}
	return list(ctx, s.db, query.Page, deviceOrder, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = withSurroundings(q)
		for column, id := range map[string]uuid.UUID{
			"account_id": query.AccountID, "site_id": query.SiteID, "contract_id": query.ContractID, "model_id": query.ModelID,
		} {
			if id != uuid.Nil {
				q = q.Where("device.? = ?", bun.Ident(column), id)
			}
		}
		if !query.WithRetired {
			q = q.Where("device.retired_at IS NULL")
		}
		return matching(q, query.Text, `device.serial_number, device.friendly_name, model.name, site.name, site.city, account.number,
			account.name, contract.number`)
	}, deviceColumns)
}

// Device gives one. For staff; NotFound device_not_found.
func (s *Service) Device(ctx context.Context, actor identity.Actor, id uuid.UUID) (Device, error) {
	if err := staff(actor); err != nil {
		return Device{}, err
	}
	return device(ctx, s.db, id)
}

func device(ctx context.Context, db bun.IDB, id uuid.UUID) (Device, error) {
	return one[Device](ctx, db, "device", "device.id", id, withSurroundings, deviceColumns)
}

// DeviceLife counts what hangs on a device.
type DeviceLife struct {
	Registrations, Requests, Orders, Readings int64
}

// DeviceLife counts what hangs on a device. For staff.
func (s *Service) DeviceLife(ctx context.Context, actor identity.Actor, id uuid.UUID) (life DeviceLife, err error) {
	if err := staff(actor); err != nil {
		return life, err
	}
	err = s.db.NewRaw(`SELECT (SELECT count(*) FROM registrations WHERE device_id = ?0 AND state = 'active') AS registrations,
		(SELECT count(*) FROM service_requests WHERE device_id = ?0) AS requests,
		(SELECT count(*) FROM supply_orders WHERE device_id = ?0) AS orders,
		(SELECT count(*) FROM meter_readings WHERE device_id = ?0) AS readings`, id).Scan(ctx, &life)
	if err != nil {
		return life, fmt.Errorf("backoffice: counting what hangs on a device: %w", err)
	}
	return life, nil
}

// CreateDevice makes one at a site, of whose account it is. contractID is uuid.Nil without a contract. For staff.
// NotFound for the site, contract or model; Invalid contract_of_other_account; Exists serial_number_taken.
func (s *Service) CreateDevice(ctx context.Context, actor identity.Actor, op uuid.UUID, f DeviceFields, siteID, contractID uuid.UUID) (Device, error) {
	if err := staff(actor); err != nil {
		return Device{}, err
	}
	if err := f.check(); err != nil {
		return Device{}, err
	}
	return do(ctx, s, actor, op, "device.create", []any{f, siteID, contractID}, func(ctx context.Context, tx postgres.Tx) (Device, error) {
		row := &Device{DeviceFields: f}
		if err := exists(ctx, tx, "model", "models", f.ModelID); err != nil {
			return Device{}, err
		}
		if err := row.put(ctx, tx, siteID, contractID); err != nil {
			return Device{}, err
		}
		id, err := insert(ctx, tx, actor, "device", row)
		if err != nil {
			return Device{}, err
		}
		return device(ctx, tx, id)
	})
}

// UpdateDevice changes one that was seen at a revision. For staff.
func (s *Service) UpdateDevice(ctx context.Context, actor identity.Actor, op, id uuid.UUID, seen string, f DeviceFields) (Device, error) {
	if err := staff(actor); err != nil {
		return Device{}, err
	}
	if err := f.check(); err != nil {
		return Device{}, err
	}
	return do(ctx, s, actor, op, "device.update", []any{id, seen, f}, func(ctx context.Context, tx postgres.Tx) (Device, error) {
		row := new(Device)
		err := update(ctx, tx, actor, "device", id, seen, row, func() error {
			row.DeviceFields = f
			return exists(ctx, tx, "model", "models", f.ModelID)
		})
		if err != nil {
			return Device{}, err
		}
		return device(ctx, tx, id)
	})
}
