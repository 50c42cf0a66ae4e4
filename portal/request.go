package portal

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// Requests lets customers report faults and follow them. What happens to a request is package dispatch's; whose it
// is, and what of it a customer sees, is decided here. It is safe for any number of goroutines.
type Requests struct {
	db       *postgres.DB
	dispatch *dispatch.Service
	photos   Photos
	move     AddressChanger
}

// NewRequests makes Requests on a migrated database.
func NewRequests(db *postgres.DB, d *dispatch.Service) *Requests {
	return &Requests{db: db, dispatch: d}
}

// UsePhotos lets requests have photos, UseAddressChanges lets them ask for a site to be changed. Call them before anything
// is served; without them a request with either is refused.
func (s *Requests) UsePhotos(p Photos) { s.photos = p }

// UseAddressChanges: see UsePhotos.
func (s *Requests) UseAddressChanges(move AddressChanger) { s.move = move }

// Report is what a customer says of a fault.
type Report struct {
	DeviceID    uuid.UUID
	Category    dispatch.Category
	Description string
	// Contact left empty is filled with the person who reports.
	Contact dispatch.Contact
	// Window is when the visit is wished; nil means as soon as possible.
	Window *dispatch.Span
	// Address is where to go instead of the device's site; nil means the site.
	Address *ServiceAddress `json:",omitempty"`
	// Photos that the actor uploaded.
	Photos []uuid.UUID `json:",omitempty"`
}

// Open opens a request for a device that the actor follows. NotFound "device_not_found" for any other; Invalid
// "category_unfit" for a fault that the model cannot have; "request_open" when the device has an open request; the errors of
// Photos.AttachInTx and AddressChanger; otherwise those of dispatch.Service.Open.
func (s *Requests) Open(ctx context.Context, actor identity.Actor, op dispatch.Operation, rep Report) (*dispatch.Request, error) {
	d, err := DeviceOfPerson(ctx, s.db, actor, rep.DeviceID)
	if err != nil {
		return nil, err
	}
	if slices.Contains(dispatch.Categories, rep.Category) && !slices.Contains(d.Model.faults(), rep.Category) {
		return nil, fault.NewInvalid("category", "category_unfit", "A device of this model cannot have this fault.")
	}
	n := s.snapshot(d)
	if rep.Address != nil {
		if err := rep.Address.check(); err != nil {
			return nil, err
		}
		if n.Place, err = placeAt(ctx, s.db, d.Site, rep.Address); err != nil {
			return nil, err
		}
	}
	n.Also = s.withReport(actor, d, rep)
	n.Category, n.Description, n.Contact, n.Window = rep.Category, rep.Description, rep.Contact, rep.Window
	if n.Contact == (dispatch.Contact{}) {
		person, err := identity.ByID(ctx, s.db, actor.PersonID)
		if err != nil {
			return nil, err
		}
		n.Contact = dispatch.Contact{Name: actor.Name(), Phone: person.Phone, Email: person.Email}
	}
	return s.dispatch.Open(ctx, actor, op, rep, n)
}

// withReport is what goes with a report in its transaction.
func (s *Requests) withReport(actor identity.Actor, d DeviceDetail, rep Report) dispatch.Also {
	return func(ctx context.Context, tx postgres.Tx, r *dispatch.Request) error {
		if err := s.attach(ctx, tx, actor, r, rep.Photos); err != nil {
			return err
		}
		if rep.Address == nil || !rep.Address.Permanent {
			return nil
		}
		if s.move == nil {
			return fault.NewUnavailable("address_change_unavailable", "A site cannot be changed at the moment. Use the address for this request only.")
		}
		_, err := s.move(ctx, tx, actor, AddressWish{Device: d.ID, Request: r.ID, Address: *rep.Address, Country: d.Site.Country})
		return err
	}
}

// OpenBySerial opens a request for whoever owns the device. said holds what the caller told; whose the device is and
// where it stands is filled in. For dispatchers and admins. WrongState "of_another_company" when said names another account.
func (s *Requests) OpenBySerial(ctx context.Context, actor identity.Actor, op dispatch.Operation, serial string, said dispatch.NewRequest) (*dispatch.Request, error) {
	if !actor.Is(identity.RoleDispatcher, identity.RoleAdmin, identity.RoleSystem) {
		return nil, fault.NewForbidden("role_forbidden", "This is for dispatchers.")
	}
	d, err := DeviceBySerial(ctx, s.db, serial)
	if err != nil {
		return nil, err
	}
	if err := MeantFor(d.AccountID, said.AccountID); err != nil {
		return nil, err
	}
	n := s.snapshot(d)
	n.Category, n.Description, n.Contact, n.Priority = said.Category, said.Description, said.Contact, said.Priority
	n.Parts, n.ResolveBy, n.Window = said.Parts, said.ResolveBy, said.Window
	return s.dispatch.Open(ctx, actor, op, []any{serial, said}, n)
}

// snapshot copies what a request remembers of the device, so that its history stays true.
func (s *Requests) snapshot(d DeviceDetail) dispatch.NewRequest {
	n := dispatch.NewRequest{
		AccountID: d.AccountID, AccountName: d.Account.Name,
		Device: dispatch.Device{
			ID: d.ID, SerialNumber: d.SerialNumber, Model: d.Model.Name, FriendlyName: d.FriendlyName,
		},
		Place:  PlaceOf(d.Site),
		Skills: d.Model.Skills,
	}
	promise := d.PromiseAt(s.db.Now())
	if promise.Response != nil {
		n.RespondWithin = *promise.Response
	}
	if promise.Resolution != nil {
		n.ResolveWithin = *promise.Resolution
	}
	return n
}

// PlaceOf is a site as a request remembers it.
func PlaceOf(s *Site) dispatch.Place {
	return dispatch.Place{
		Line1: s.Line1, Line2: s.Line2, Line3: s.Line3, PostalCode: s.PostalCode, City: s.City, Country: s.Country,
		Latitude: s.Latitude, Longitude: s.Longitude, Quality: dispatch.Quality(s.Quality), TimeZone: s.TimeZone,
	}
}

// List gives the requests of the devices that the actor follows, newest first.
func (s *Requests) List(ctx context.Context, actor identity.Actor, openOnly bool, device uuid.UUID, page dispatch.Page) (dispatch.List, error) {
	if err := CustomersOnly(actor); err != nil {
		return dispatch.List{}, err
	}
	return s.dispatch.OfAccount(ctx, actor.AccountID, FollowedThrough("r.device_id", actor.PersonID), openOnly, device, page)
}

// Find gives a request by id or number, of a device that the actor follows; dispatch.ErrNoRequest for any other.
func (s *Requests) Find(ctx context.Context, actor identity.Actor, idOrNumber string) (*dispatch.Request, error) {
	if err := CustomersOnly(actor); err != nil {
		return nil, err
	}
	r, err := s.dispatch.Find(ctx, strings.TrimSpace(idOrNumber))
	if err != nil {
		return nil, err
	}
	return r, s.maySee(ctx, actor, r)
}

// maySee is dispatch.ErrNoRequest unless the request is of the actor's company and of a device that they follow.
func (s *Requests) maySee(ctx context.Context, actor identity.Actor, r *dispatch.Request) error {
	if r.AccountID != actor.AccountID {
		return dispatch.ErrNoRequest
	}
	follows, err := Follows(ctx, s.db, actor, r.Device.ID)
	if err == nil && !follows {
		err = dispatch.ErrNoRequest
	}
	return err
}

// Look gives a request that the actor may see, by id or number, with the history that the customer sees: what Follow sends
// first. ErrNoRequest for any other.
func (s *Requests) Look(ctx context.Context, actor identity.Actor, idOrNumber string) (dispatch.Sight, error) {
	r, err := s.Find(ctx, actor, idOrNumber)
	if err != nil {
		return dispatch.Sight{}, err
	}
	sight, err := s.dispatch.Look(ctx, r.ID)
	sight.Activities = visible(sight.Activities)
	return sight, err
}

// Follow sends a request that the actor may see now, and again at each change and, while En route, each new position.
// See dispatch.Service.Follow. It ends with dispatch.ErrNoRequest when the actor follows the device no longer.
func (s *Requests) Follow(ctx context.Context, actor identity.Actor, idOrNumber string, send func(dispatch.Sight) error) error {
	r, err := s.Find(ctx, actor, idOrNumber)
	if err != nil {
		return err
	}
	return s.dispatch.Follow(ctx, r.ID, func(sight dispatch.Sight) error {
		if sight.Changed || sight.Heartbeat {
			if err := s.maySee(ctx, actor, r); err != nil {
				return err
			}
		}
		sight.Activities = visible(sight.Activities)
		return send(sight)
	})
}

// visible keeps what the customer may see of a history.
func visible(all []dispatch.Activity) []dispatch.Activity {
	var seen []dispatch.Activity
	for _, a := range all {
		if a.CustomerVisible {
			seen = append(seen, a)
		}
	}
	return seen
}
