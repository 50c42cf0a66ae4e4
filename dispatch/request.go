package dispatch

import (
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/uptrace/bun"

	"utsendt/geo"
)

// Quality says how good the position of a place is.
type Quality string

// The qualities, best first.
const (
	Rooftop    Quality = "rooftop"
	Street     Quality = "street"
	PostalCode Quality = "postal_code"
	NoPosition Quality = "none"
)

// Priority orders requests with the same promise.
type Priority string

// The priorities.
const (
	Low    Priority = "low"
	Normal Priority = "normal"
	High   Priority = "high"
)

// Device is what a request remembers of the printer, as it was when the request was opened.
type Device struct {
	ID           uuid.UUID `bun:"device_id,type:uuid"`
	SerialNumber string    `bun:"serial_number"`
	Model        string    `bun:"model"`
	FriendlyName string    `bun:"friendly_name"`
}

// Place is where the technician has to go, as it was when the request was opened.
type Place struct {
	Line1      string `bun:"line1"`
	Line2      string `bun:"line2"`
	Line3      string `bun:"line3"`
	PostalCode string `bun:"postal_code"`
	City       string `bun:"city"`
	// Country is ISO 3166-1 alpha-2.
	Country string `bun:"country"`
	// Latitude and Longitude in degrees (WGS 84); both nil when Quality is NoPosition.
	Latitude  *float64 `bun:"latitude"`
	Longitude *float64 `bun:"longitude"`
	Quality   Quality  `bun:"quality"`
	// TimeZone is an IANA name.
	TimeZone string `bun:"time_zone"`
}

// Point gives the position, and false when there is none.
func (p Place) Point() (orb.Point, bool) {
	if p.Latitude == nil || p.Longitude == nil {
		return orb.Point{}, false
	}
	pt := orb.Point{*p.Longitude, *p.Latitude}
	return pt, geo.ValidPoint(pt) == nil
}

// sound reports whether position and quality fit each other and the globe.
func (p Place) sound() bool {
	switch p.Quality {
	case NoPosition:
		return p.Latitude == nil && p.Longitude == nil
	case Rooftop, Street, PostalCode:
		_, ok := p.Point()
		return ok
	}
	return false
}

// Contact is whom to ask for at the door.
type Contact struct {
	Name  string `bun:"contact_name"`
	Phone string `bun:"contact_phone"`
	Email string `bun:"contact_email"`
}

// Request is a customer's call-out.
type Request struct {
	bun.BaseModel `bun:"table:service_requests,alias:r"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	// Number is what people say on the phone, see Number.
	Number string `bun:"number"`
	State  State  `bun:"state"`
	// Version rises by one with every change.
	Version     int64     `bun:"version"`
	AccountID   uuid.UUID `bun:"account_id,type:uuid"`
	AccountName string    `bun:"account_name"`
	Device      Device    `bun:"embed:"`
	Place       Place     `bun:"embed:"`
	Contact     Contact   `bun:"embed:"`
	Category    Category  `bun:"category"`
	Description string    `bun:"description"`
	Priority    Priority  `bun:"priority"`
	// Skills a technician needs.
	Skills Texts `bun:"skills"`
	// Parts known to be needed, by number.
	Parts Texts `bun:"parts"`
	// OpenedBy is the customer's person; uuid.Nil when staff opened it.
	OpenedBy uuid.UUID `bun:"opened_by,type:uuid,nullzero"`
	OpenedAt time.Time `bun:"opened_at"`
	// RespondBy is when a technician is promised on site, ResolveBy when it is promised to be solved; nil without
	// a promise.
	RespondBy *time.Time `bun:"respond_by"`
	ResolveBy *time.Time `bun:"resolve_by"`
	// WindowStart and WindowEnd are the time agreed with the customer; both nil means as soon as possible.
	WindowStart *time.Time `bun:"window_start"`
	WindowEnd   *time.Time `bun:"window_end"`
	// VisitID and TechnicianID are the live visit; uuid.Nil without one.
	VisitID       uuid.UUID  `bun:"visit_id,type:uuid,nullzero"`
	TechnicianID  uuid.UUID  `bun:"technician_id,type:uuid,nullzero"`
	DispatchedAt  *time.Time `bun:"dispatched_at"`
	EnRouteAt     *time.Time `bun:"en_route_at"`
	OnSiteAt      *time.Time `bun:"on_site_at"`
	EndedAt       *time.Time `bun:"ended_at"`
	Outcome       string     `bun:"outcome"`
	NearlyThereAt *time.Time `bun:"nearly_there_at"`
	UpdatedAt     time.Time  `bun:"updated_at"`

	// Visit is the live visit, where it was asked for; else nil.
	Visit *Visit `bun:"-"`
	// Latest is what made this version, where it was asked for; else nil.
	Latest *Activity `bun:"-"`
}

// Promise is the earlier of the two promises, nil without any.
func (r *Request) Promise() *time.Time {
	switch {
	case r.RespondBy == nil:
		return r.ResolveBy
	case r.ResolveBy == nil || r.RespondBy.Before(*r.ResolveBy):
		return r.RespondBy
	}
	return r.ResolveBy
}
