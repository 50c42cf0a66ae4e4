package portal

import (
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/uptrace/bun"
)

// Quality says how good a position is.
type Quality string

// The qualities, from the best down.
const (
	QualityRooftop    Quality = "rooftop"
	QualityStreet     Quality = "street"
	QualityPostalCode Quality = "postal_code"
	// QualityNone means that there is no position.
	QualityNone Quality = "none"
)

// Site is an address of an account.
type Site struct {
	bun.BaseModel `bun:"table:sites,alias:site"`

	ID        uuid.UUID `bun:"id,pk,type:uuid"`
	AccountID uuid.UUID `bun:"account_id,type:uuid"`
	// Number is unique within the account.
	Number     string `bun:"number"`
	Name       string `bun:"name"`
	Line1      string `bun:"line1"`
	Line2      string `bun:"line2"`
	Line3      string `bun:"line3"`
	PostalCode string `bun:"postal_code"`
	City       string `bun:"city"`
	// Country is ISO 3166-1 alpha-2.
	Country string `bun:"country"`
	// Latitude and Longitude are degrees, WGS84; both nil when Quality is QualityNone.
	Latitude  *float64 `bun:"latitude"`
	Longitude *float64 `bun:"longitude"`
	Quality   Quality  `bun:"quality"`
	// TimeZone is an IANA name, for example "Europe/Oslo".
	TimeZone string `bun:"time_zone"`
	// Notes say what a technician must know to get in; not for customers.
	Notes     string    `bun:"notes"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

// Point is the position as {longitude, latitude}; false where there is none.
func (s Site) Point() (orb.Point, bool) {
	if s.Latitude == nil || s.Longitude == nil {
		return orb.Point{}, false
	}
	return orb.Point{*s.Longitude, *s.Latitude}, true
}
