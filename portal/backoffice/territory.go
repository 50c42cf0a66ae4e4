package backoffice

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"utsendt/internal/identity"
)

// Territory is a run of neighbouring postal codes that the same technicians name in their territories.
type Territory struct {
	First, Last string
	Codes       int64
	// Place is one of the first code.
	Place string
	// Technicians are numbers of active technicians, in order; none in a hole, several in an overlap.
	Technicians []string
	// Devices in use at these codes.
	Devices int64
}

// Territories tells who covers which of a country's known postal codes.
type Territories struct {
	Found[Territory]
	// Everywhere are the active technicians without a territory: they cover every code.
	Everywhere []string
	// Uncovered, Once and Overlapping count the country's codes that nobody, one and several name.
	Uncovered, Once, Overlapping int64
}

// Territories gives one page of runs, in the order of the codes. For staff.
func (s *Service) Territories(ctx context.Context, actor identity.Actor, country string, page Page) (Territories, error) {
	if err := staff(actor); err != nil {
		return Territories{}, err
	}
	size, err := page.size()
	if err != nil {
		return Territories{}, err
	}
	var after string
	if page.Token != "" {
		if err := readToken(page.Token, &after); err != nil {
			return Territories{}, err
		}
	}
	areas, err := s.dispatch.Areas(ctx, actor)
	if err != nil {
		return Territories{}, err
	}
	var codes []struct {
		PostalCode, Place string
		Devices           int64
	}
	if err := s.db.NewRaw(`SELECT postal_code, min(place) AS place, coalesce(max(here.devices), 0)::bigint AS devices FROM postal_codes
		LEFT JOIN (SELECT site.country, site.postal_code, count(*) AS devices FROM devices JOIN sites AS site ON site.id = devices.site_id
			WHERE devices.retired_at IS NULL GROUP BY 1, 2) AS here USING (country, postal_code)
		WHERE country = ? GROUP BY postal_code ORDER BY postal_code`, country).Scan(ctx, &codes); err != nil {
		return Territories{}, fmt.Errorf("backoffice: reading postal codes: %w", err)
	}
	var all Territories
	var runs []Territory
	for _, a := range areas {
		if len(a.Territory) == 0 {
			all.Everywhere = append(all.Everywhere, a.Number)
		}
	}
	for _, code := range codes {
		var here []string
		for _, a := range areas {
			if slices.ContainsFunc(a.Territory, func(prefix string) bool { return strings.HasPrefix(code.PostalCode, prefix) }) {
				here = append(here, a.Number)
			}
		}
		switch len(here) {
		case 0:
			all.Uncovered++
		case 1:
			all.Once++
		default:
			all.Overlapping++
		}
		if n := len(runs); n == 0 || !slices.Equal(runs[n-1].Technicians, here) {
			runs = append(runs, Territory{First: code.PostalCode, Place: code.Place, Technicians: here})
		}
		run := &runs[len(runs)-1]
		run.Last = code.PostalCode
		run.Codes++
		run.Devices += code.Devices
	}
	all.Total = int64(len(runs))
	from := 0
	for from < len(runs) && page.Token != "" && runs[from].First <= after {
		from++
	}
	all.Rows = runs[from:]
	if len(all.Rows) > size {
		all.Rows = all.Rows[:size]
		all.Next = textToken(all.Rows[size-1].First)
	}
	return all, nil
}
