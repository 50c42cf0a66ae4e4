package transfer

import (
	"context"
	"math"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// How good a site's position is.
const (
	qualityRooftop    = "rooftop"
	qualityStreet     = "street"
	qualityPostalCode = "postal_code"
	qualityNone       = "none"
)

// setPositions completes latitude, longitude and quality.
func setPositions(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	lat, lon, quality := t.at("latitude"), t.at("longitude"), t.at("quality")
	var seeking []*draft
	for _, d := range drafts {
		switch {
		case d.given[lat] != d.given[lon]:
			d.refuse("position_half", "latitude", "Latitude and longitude are given together or not at all.")
		case d.given[lat] && d.given[quality] && d.cells[quality] == qualityNone:
			d.refuse("position_without_quality", "quality", "Quality none means that there is no position, but one is given.")
		case d.given[lat]:
			if !d.given[quality] {
				d.cells[quality] = qualityStreet
			}
		case d.given[quality] && d.cells[quality] == qualityNone:
			d.cells[lat], d.cells[lon] = "", ""
		case d.given[quality] && d.cells[quality] != qualityPostalCode:
			d.refuse("position_missing", "latitude", "Quality %s needs a latitude and a longitude.", d.cells[quality])
		case !d.given[quality] && d.stored != nil && d.stored[lat] != "" && sameAddress(t, d):
			d.cells[lat], d.cells[lon], d.cells[quality] = d.stored[lat], d.stored[lon], d.stored[quality]
		default:
			seeking = append(seeking, d)
		}
	}
	if len(seeking) == 0 {
		return nil
	}
	return seekPositions(ctx, tx, t, seeking)
}

// sameAddress reports whether a stored position still holds.
func sameAddress(t *table, d *draft) bool {
	for _, name := range []string{"line1", "postal_code", "city", "country"} {
		if i := t.at(name); d.cells[i] != d.stored[i] {
			return false
		}
	}
	return true
}

// seekPositions places drafts at the middle of the places of their postal code: the mean on the sphere,
// rounded to about 0.1 m so that the order in which the places are read does not show.
func seekPositions(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	lat, lon, quality := t.at("latitude"), t.at("longitude"), t.at("quality")
	land, code := t.at("country"), t.at("postal_code")
	rows, err := tx.Query(ctx, `SELECT p.country, p.postal_code, p.latitude, p.longitude
		FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS w(country, code)) w
		JOIN postal_codes p ON p.country = w.country AND p.postal_code = w.code`,
		cellsOf(drafts, land), cellsOf(drafts, code))
	if err != nil {
		return err
	}
	middles := make(map[[2]string]*middle)
	var id [2]string
	var latitude, longitude float64
	if _, err := pgx.ForEachRow(rows, []any{&id[0], &id[1], &latitude, &longitude}, func() error {
		if middles[id] == nil {
			middles[id] = new(middle)
		}
		middles[id].add(latitude, longitude)
		return nil
	}); err != nil {
		return err
	}
	for _, d := range drafts {
		m := middles[[2]string{d.cells[land], d.cells[code]}]
		if m == nil {
			d.cells[lat], d.cells[lon], d.cells[quality] = "", "", qualityNone
			d.note = remark("postal_code_without_position", "The postal code %s is not known, so the site has no position.", d.cells[code])
			continue
		}
		d.cells[lat], d.cells[lon] = m.degrees()
		d.cells[quality] = qualityPostalCode
	}
	return nil
}

// middle sums up unit vectors.
type middle struct{ x, y, z float64 }

func (m *middle) add(latitude, longitude float64) {
	sinLat, cosLat := math.Sincos(latitude * math.Pi / 180)
	sinLon, cosLon := math.Sincos(longitude * math.Pi / 180)
	m.x += cosLat * cosLon
	m.y += cosLat * sinLon
	m.z += sinLat
}

func (m *middle) degrees() (latitude, longitude string) {
	round := func(radians float64) string {
		return strconv.FormatFloat(math.Round(radians*180/math.Pi*1e6)/1e6+0, 'f', -1, 64)
	}
	return round(math.Atan2(m.z, math.Hypot(m.x, m.y))), round(math.Atan2(m.y, m.x))
}
