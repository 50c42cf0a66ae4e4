package portal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// Device is a printer.
type Device struct {
	bun.BaseModel `bun:"table:devices,alias:device"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	// SerialNumber is unique and in the form that SerialNumber gives.
	SerialNumber string    `bun:"serial_number"`
	ModelID      uuid.UUID `bun:"model_id,type:uuid"`
	AccountID    uuid.UUID `bun:"account_id,type:uuid"`
	SiteID       uuid.UUID `bun:"site_id,type:uuid"`
	// ContractID is nil without a contract.
	ContractID *uuid.UUID `bun:"contract_id,type:uuid"`
	// FriendlyName is the customer's own name for it; may be empty.
	FriendlyName string    `bun:"friendly_name"`
	CreatedAt    time.Time `bun:"created_at"`
	UpdatedAt    time.Time `bun:"updated_at"`
	// RetiredAt is when staff took it out of use: kept for its history, shown to no customer. Nil while in use.
	RetiredAt *time.Time `bun:"retired_at"`
	// AccountSince is when it went from another company to this one; nil when it has only ever been one company's. The database
	// notes it. See ReadForPresentCompany.
	AccountSince *time.Time `bun:"account_since"`
}

// DeviceDetail is a device with everything around it that a service request copies.
type DeviceDetail struct {
	Device `bun:",extend"`

	Account *Account `bun:"rel:belongs-to,join:account_id=id"`
	Site    *Site    `bun:"rel:belongs-to,join:site_id=id"`
	Model   *Model   `bun:"rel:belongs-to,join:model_id=id"`
	// Contract is nil without one.
	Contract *Contract `bun:"rel:belongs-to,join:contract_id=id"`
}

// Promise is how soon after opening a request there shall be a technician (Response) and the fault be
// mended (Resolution); nil where nothing is promised.
type Promise struct {
	Response, Resolution *time.Duration
}

// PromiseAt is what the contract promises for a request opened at the given time; nothing without a
// contract that is in force on that day where the device stands.
func (d DeviceDetail) PromiseAt(at time.Time) Promise {
	if !d.inForce(at) {
		return Promise{}
	}
	hours := func(h *int) *time.Duration {
		if h == nil {
			return nil
		}
		return new(time.Duration(*h) * time.Hour)
	}
	return Promise{Response: hours(d.Contract.ResponseHours), Resolution: hours(d.Contract.ResolutionHours)}
}

// ErrNoDevice is the answer to a device that does not exist, or is not for the caller.
var ErrNoDevice = fault.NewNotFound("device_not_found", "There is no such device.")

// DeviceOfAccount gives a device of the account; NotFound ("device_not_found") when there is none or it
// is another account's.
func DeviceOfAccount(ctx context.Context, idb bun.IDB, accountID, deviceID uuid.UUID) (DeviceDetail, error) {
	return oneDevice(ctx, idb, "device.id = ? AND device.account_id = ?", deviceID, accountID)
}

// DeviceBySerial gives the device with the serial number in any spelling (see SerialNumber), whosever it
// is; NotFound ("device_not_found") when there is none. It is for staff: the caller has checked that.
func DeviceBySerial(ctx context.Context, idb bun.IDB, serial string) (DeviceDetail, error) {
	serial = SerialNumber(serial)
	if !Storable(serial) {
		return DeviceDetail{}, ErrNoDevice
	}
	return oneDevice(ctx, idb, "device.serial_number = ?", serial)
}

// AnyDevice gives a device, whosever it is; NotFound ("device_not_found") when there is none. The caller has checked that the
// actor may see it.
func AnyDevice(ctx context.Context, idb bun.IDB, id uuid.UUID) (DeviceDetail, error) {
	return oneDevice(ctx, idb, "device.id = ?", id)
}

func oneDevice(ctx context.Context, idb bun.IDB, where string, args ...any) (DeviceDetail, error) {
	var d DeviceDetail
	err := idb.NewSelect().Model(&d).
		Relation("Account").Relation("Site").Relation("Model").Relation("Contract").
		Where(where, args...).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return DeviceDetail{}, ErrNoDevice
	}
	if err != nil {
		return DeviceDetail{}, fmt.Errorf("portal: reading a device: %w", err)
	}
	return d, nil
}
