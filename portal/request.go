package portal

import (
	"context"
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
}

// NewRequests makes Requests on a migrated database.
func NewRequests(db *postgres.DB, d *dispatch.Service) *Requests {
	return &Requests{db: db, dispatch: d}
}

// Report is what a customer says of a fault.
type Report struct {
	DeviceID    uuid.UUID
	Category    dispatch.Category
	Description string
	// Contact left empty is filled with the person who reports.
	Contact dispatch.Contact
	// Window is when the visit is wished; nil means as soon as possible.
	Window *dispatch.Span
}

// Open opens a request for a device of the actor's company. NotFound "device_not_found" for another company's;
// "request_open" when the device has one; otherwise the errors of dispatch.Service.Open.
func (s *Requests) Open(ctx context.Context, actor identity.Actor, op dispatch.Operation, rep Report) (*dispatch.Request, error) {
	if err := CustomersOnly(actor); err != nil {
		return nil, err
	}
	d, err := DeviceOfAccount(ctx, s.db, actor.AccountID, rep.DeviceID)
	if err != nil {
		return nil, err
	}
	n := s.snapshot(d)
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

// OpenBySerial opens a request for whoever owns the device. said holds what the caller told; whose the device is and
// where it stands is filled in. For dispatchers and admins.
func (s *Requests) OpenBySerial(ctx context.Context, actor identity.Actor, op dispatch.Operation, serial string, said dispatch.NewRequest) (*dispatch.Request, error) {
	if !actor.Is(identity.RoleDispatcher, identity.RoleAdmin, identity.RoleSystem) {
		return nil, fault.NewForbidden("role_forbidden", "This is for dispatchers.")
	}
	d, err := DeviceBySerial(ctx, s.db, serial)
	if err != nil {
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

// List gives the company's requests, newest first.
func (s *Requests) List(ctx context.Context, actor identity.Actor, openOnly bool, device uuid.UUID, page dispatch.Page) (dispatch.List, error) {
	if err := CustomersOnly(actor); err != nil {
		return dispatch.List{}, err
	}
	return s.dispatch.OfAccount(ctx, actor.AccountID, openOnly, device, page)
}

// Find gives one of the company's requests by id or number; dispatch.ErrNoRequest for another company's.
func (s *Requests) Find(ctx context.Context, actor identity.Actor, idOrNumber string) (*dispatch.Request, error) {
	if err := CustomersOnly(actor); err != nil {
		return nil, err
	}
	r, err := s.dispatch.Find(ctx, strings.TrimSpace(idOrNumber))
	if err != nil {
		return nil, err
	}
	if r.AccountID != actor.AccountID {
		return nil, dispatch.ErrNoRequest
	}
	return r, nil
}

// Get gives one of the company's requests with the part of its history that customers see.
func (s *Requests) Get(ctx context.Context, actor identity.Actor, idOrNumber string) (*dispatch.Request, []dispatch.Activity, error) {
	r, err := s.Find(ctx, actor, idOrNumber)
	if err != nil {
		return nil, nil, err
	}
	r, activities, err := s.dispatch.WithHistory(ctx, r.ID)
	return r, visible(activities), err
}

// Follow sends one of the company's requests now, and again at each change and, while En route, each new position.
// See dispatch.Service.Follow.
func (s *Requests) Follow(ctx context.Context, actor identity.Actor, idOrNumber string, send func(dispatch.Sight) error) error {
	r, err := s.Find(ctx, actor, idOrNumber)
	if err != nil {
		return err
	}
	return s.dispatch.Follow(ctx, r.ID, func(sight dispatch.Sight) error {
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
