package portal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// ServiceAddress is where a technician shall go instead of the device's site, in the site's country.
type ServiceAddress struct {
	Line1, Line2, Line3, PostalCode, City string
	// Permanent also asks for the site to be changed; until staff approve, the address counts for this request only.
	Permanent bool
	// Reason of a permanent change.
	Reason string
}

func (a *ServiceAddress) check() error {
	for field, text := range map[string]string{"address.line1": a.Line1, "address.postal_code": a.PostalCode, "address.city": a.City} {
		if strings.TrimSpace(text) == "" {
			return fault.NewInvalid(field, "address_incomplete", "The address needs a street, a postal code and a city.")
		}
	}
	if a.Permanent && strings.TrimSpace(a.Reason) == "" {
		return fault.NewInvalid("address.reason", "reason_missing", "Say why.")
	}
	return nil
}

// AddressWish is a permanent change of a site's address, asked for with a service request.
type AddressWish struct {
	Device, Request uuid.UUID
	Address         ServiceAddress
	// Country is the site's, ISO 3166-1 alpha-2.
	Country string
}

// AddressChanger files a wish in the transaction that opens the request, and gives its id. Its error undoes both.
type AddressChanger func(ctx context.Context, tx postgres.Tx, actor identity.Actor, wish AddressWish) (uuid.UUID, error)

// placeAt is an address with the position of its postal code, where that is known. Of a code with several places the one
// of the address's city counts.
func placeAt(ctx context.Context, db bun.IDB, site *Site, a *ServiceAddress) (dispatch.Place, error) {
	p := dispatch.Place{
		Line1: strings.TrimSpace(a.Line1), Line2: strings.TrimSpace(a.Line2), Line3: strings.TrimSpace(a.Line3),
		PostalCode: PostalCode(site.Country, a.PostalCode), City: strings.TrimSpace(a.City), Country: site.Country,
		Quality: dispatch.NoPosition, TimeZone: site.TimeZone,
	}
	var latitude, longitude float64
	err := db.NewRaw(`SELECT latitude, longitude FROM postal_codes WHERE country = ? AND postal_code = ?
		ORDER BY lower(place) = lower(?) DESC, place LIMIT 1`, p.Country, p.PostalCode, p.City).Scan(ctx, &latitude, &longitude)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("portal: finding a postal code: %w", err)
	}
	p.Latitude, p.Longitude, p.Quality = &latitude, &longitude, dispatch.PostalCode
	return p, nil
}

// AddressChangeOf gives the change of a site's address that was asked for with a request that the caller was given;
// uuid.Nil without one.
func (s *Requests) AddressChangeOf(ctx context.Context, request uuid.UUID) (uuid.UUID, error) {
	var id uuid.UUID
	err := s.db.NewRaw(`SELECT id FROM address_changes WHERE request_id = ?`, request).Scan(ctx, &id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return uuid.Nil, fmt.Errorf("portal: finding a change of address: %w", err)
	}
	return id, nil
}
