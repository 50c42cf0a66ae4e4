package registration

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/support"
	"utsendt/portal/workdays"
)

// Wish names a device by what stands on it and where it is, in any spelling.
type Wish struct {
	SerialNumber, PostalCode string
	Settings                 Settings
}

// Registered is the answer to Register.
type Registered struct {
	Registration Registration
	// Siblings counts the other devices at the site that could be registered too.
	Siblings int64
	// Support is set when there are ManyDevices or more.
	Support *support.Contact
}

var (
	errNotRecognised = fault.NewNotFound("device_not_recognised",
		"No device has this serial number and postal code. Check both as they stand on the device and in its address, or contact support.")
	errElsewhere = fault.NewExists("device_elsewhere",
		"This device is registered to another company. Please contact support.")
	errRegistered = fault.NewExists("device_registered", "You have registered this device already.")
	errWaits      = fault.NewExists("device_pending", "Your registration of this device is waiting for approval.")
)

// Register lets a customer follow a device at once, or again. NotFound "device_not_recognised" when serial number or postal
// code do not fit; Exists "device_elsewhere" for another company's, "device_registered" for their own; Limited after too
// many wrong guesses. One that staff refused before becomes pending.
func (s *Service) Register(ctx context.Context, actor identity.Actor, op uuid.UUID, w Wish) (Registered, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return Registered{}, err
	}
	settings, err := w.Settings.clean()
	if err != nil {
		return Registered{}, err
	}
	made, err := once.InTx(ctx, s.db, once.Key{Person: actor.PersonID, ID: op, Kind: "register_device"}, w,
		func(ctx context.Context, tx postgres.Tx) (Registered, error) {
			return s.register(ctx, tx, actor, w, settings)
		})
	if errors.Is(err, errNotRecognised) || errors.Is(err, errElsewhere) {
		if wait := s.wrongGuess(ctx, actor); wait != nil {
			return Registered{}, wait
		}
	}
	return made, err
}

func (s *Service) register(ctx context.Context, tx postgres.Tx, actor identity.Actor, w Wish, settings Settings) (Registered, error) {
	if err := throttled(ctx, tx, tx.Now(), personKey(actor), addressKey(actor)); err != nil {
		return Registered{}, err
	}
	if err := holdPerson(ctx, tx, actor.PersonID, actor.AccountID); err != nil {
		return Registered{}, err
	}
	device, err := portal.DeviceBySerial(ctx, tx, w.SerialNumber)
	switch {
	case fault.KindOf(err) == fault.NotFound && err != nil,
		err == nil && (device.RetiredAt != nil || !samePostalCode(device.Site, w.PostalCode)):
		return Registered{}, s.contactSupport(ctx, tx, actor, errNotRecognised)
	case err != nil:
		return Registered{}, err
	case device.AccountID != actor.AccountID:
		return Registered{}, s.contactSupport(ctx, tx, actor, errElsewhere)
	}
	before, exists, err := held(ctx, tx, actor.PersonID, device.ID)
	if err != nil {
		return Registered{}, err
	}
	switch {
	case exists && before.State == Active:
		return Registered{}, errRegistered
	case exists && before.State == Pending && before.Reason != "":
		return Registered{}, errWaits
	}
	r := s.begin(before, exists, actor.PersonID, device, settings)
	r.RequestedAt, r.UpdatedAt = tx.Now(), tx.Now()
	if r.Reason == "" {
		r.State, r.AnswerBy, r.DecidedAt, r.DecidedBy = Active, nil, new(tx.Now()), actor.PersonID
	} else {
		r.State, r.AnswerBy, r.DecidedAt, r.DecidedBy = Pending, new(answerBy(device, tx)), nil, uuid.Nil
	}
	if err := store(ctx, tx, &r); err != nil {
		return Registered{}, err
	}
	if err := audit.Write(ctx, tx, actor, "registration.register", "registration", r.ID, auditedOrNil(before, exists), r.audited()); err != nil {
		return Registered{}, err
	}
	if r.State == Active {
		if err := rename(ctx, tx, actor, &device, r.WishedName); err != nil {
			return Registered{}, err
		}
	} else if err := s.tellWaiting(ctx, tx, actor, []Registration{withOwn(r, device)}); err != nil {
		return Registered{}, err
	}
	r.Device = &device
	return s.registered(ctx, tx, actor, r)
}

// begin makes the registration that follows an earlier one, or a new one. What is not chosen is as it was.
func (s *Service) begin(before Registration, exists bool, personID uuid.UUID, d portal.DeviceDetail, chosen Settings) Registration {
	r := before
	if !exists {
		r = Registration{ID: uuid.Must(uuid.NewV7()), PersonID: personID, DeviceID: d.ID, Reminders: true}
	}
	r.WishedName = ""
	if chosen.FriendlyName != nil {
		r.WishedName = *chosen.FriendlyName
	}
	if chosen.BackupEmail != nil {
		r.BackupEmail = *chosen.BackupEmail
	}
	if chosen.Reminders != nil {
		r.Reminders = *chosen.Reminders
	}
	return r
}

// registered completes the answer with what else is at the site.
func (s *Service) registered(ctx context.Context, tx postgres.Tx, actor identity.Actor, r Registration) (Registered, error) {
	made := Registered{Registration: r}
	n, err := siblings(tx, actor.PersonID, *r.Device).Count(ctx)
	if err != nil {
		return Registered{}, err
	}
	if made.Siblings = int64(n); n < ManyDevices {
		return made, nil
	}
	contact, ok, err := s.Support(ctx, tx, actor.AccountID)
	if ok {
		made.Support = &contact
	}
	return made, err
}

// samePostalCode compares as people write postal codes: with or without blanks, hyphens and the country before it.
func samePostalCode(site *portal.Site, typed string) bool {
	plain := func(code string) string {
		return strings.NewReplacer(" ", "", "-", "").Replace(strings.ToUpper(portal.PostalCode(site.Country, code)))
	}
	return plain(typed) == plain(site.PostalCode)
}

// answerBy is two working days from now, in the account's country and the site's time zone.
func answerBy(d portal.DeviceDetail, tx postgres.Tx) time.Time {
	return workdays.AddWorkdays(d.Account.Country, d.Site.TimeZone, tx.Now(), answerWorkdays)
}

func auditedOrNil(r Registration, exists bool) any {
	if !exists {
		return nil
	}
	return r.audited()
}

func withOwn(r Registration, d portal.DeviceDetail) Registration {
	r.Device = &d
	return r
}
