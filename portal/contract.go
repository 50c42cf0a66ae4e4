package portal

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Contract is a service contract of an account.
type Contract struct {
	bun.BaseModel `bun:"table:contracts,alias:contract"`

	ID        uuid.UUID `bun:"id,pk,type:uuid"`
	AccountID uuid.UUID `bun:"account_id,type:uuid"`
	// Number is unique over all accounts.
	Number string `bun:"number"`
	// StartsOn and EndsOn are the first and the last day, at midnight UTC; no EndsOn means without end.
	StartsOn time.Time  `bun:"starts_on,type:date"`
	EndsOn   *time.Time `bun:"ends_on,type:date"`
	// ResponseHours and ResolutionHours are promises in hours after a request was opened; nil means none.
	ResponseHours   *int      `bun:"response_hours"`
	ResolutionHours *int      `bun:"resolution_hours"`
	CreatedAt       time.Time `bun:"created_at"`
	UpdatedAt       time.Time `bun:"updated_at"`
}

// InForce reports whether the contract covers the day that at is in the given place.
func (c Contract) InForce(at time.Time, place *time.Location) bool {
	year, month, day := at.In(place).Date()
	today := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return !today.Before(c.StartsOn) && (c.EndsOn == nil || !today.After(*c.EndsOn))
}
