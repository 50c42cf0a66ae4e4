package addresschange

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/portal"
)

// Point is degrees, WGS84.
type Point struct{ Latitude, Longitude float64 }

// zones are the time zones of the capitals of the countries served, for a site that comes from another country.
var zones = map[string]string{
	"AT": "Europe/Vienna", "BE": "Europe/Brussels", "CH": "Europe/Zurich", "DE": "Europe/Berlin", "DK": "Europe/Copenhagen",
	"ES": "Europe/Madrid", "FI": "Europe/Helsinki", "FR": "Europe/Paris", "GB": "Europe/London", "HU": "Europe/Budapest",
	"IE": "Europe/Dublin", "IT": "Europe/Rome", "LU": "Europe/Luxembourg", "NL": "Europe/Amsterdam", "NO": "Europe/Oslo",
	"PL": "Europe/Warsaw", "PT": "Europe/Lisbon", "SE": "Europe/Stockholm", "TR": "Europe/Istanbul", "ZA": "Africa/Johannesburg",
}

// moved gives the site at another address: where the staff say it is, or else in the middle of the postal code, or without
// a position where that is unknown. The time zone is the one given, or the site's, or the country's when that changed.
func moved(ctx context.Context, idb bun.IDB, site portal.Site, to Address, at *Point, timeZone string) (portal.Site, error) {
	from := site.Country
	site.Line1, site.Line2, site.Line3, site.PostalCode, site.City, site.Country = to.Line1, to.Line2, to.Line3, to.PostalCode, to.City, to.Country
	switch {
	case timeZone != "":
		if _, err := time.LoadLocation(timeZone); err != nil || timeZone == "Local" {
			return site, fault.NewInvalid("time_zone", "time_zone_unknown", "This is no time zone; a name such as Europe/Oslo is expected.")
		}
		site.TimeZone = timeZone
	case from != to.Country:
		if site.TimeZone = zones[to.Country]; site.TimeZone == "" {
			return site, fault.NewInvalid("time_zone", "time_zone_missing", "The time zone of this country must be given.")
		}
	}
	if at != nil {
		site.Latitude, site.Longitude, site.Quality = &at.Latitude, &at.Longitude, portal.QualityStreet
		return site, nil
	}
	var places []Point
	if err := idb.NewSelect().TableExpr("postal_codes").Column("latitude", "longitude").
		Where("country = ? AND postal_code = ?", to.Country, to.PostalCode).OrderExpr("place").Scan(ctx, &places); err != nil {
		return site, fmt.Errorf("addresschange: looking up a postal code: %w", err)
	}
	if len(places) == 0 {
		site.Latitude, site.Longitude, site.Quality = nil, nil, portal.QualityNone
		return site, nil
	}
	middle := middleOf(places)
	site.Latitude, site.Longitude, site.Quality = &middle.Latitude, &middle.Longitude, portal.QualityPostalCode
	return site, nil
}

// middleOf is the mean on the sphere, rounded to about 0.1 m as imports do.
func middleOf(places []Point) Point {
	var x, y, z float64
	for _, p := range places {
		sinLat, cosLat := math.Sincos(p.Latitude * math.Pi / 180)
		sinLon, cosLon := math.Sincos(p.Longitude * math.Pi / 180)
		x, y, z = x+cosLat*cosLon, y+cosLat*sinLon, z+sinLat
	}
	round := func(radians float64) float64 { return math.Round(radians*180/math.Pi*1e6) / 1e6 }
	return Point{round(math.Atan2(z, math.Hypot(x, y))), round(math.Atan2(y, x))}
}
