package portal

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Account is a customer company.
type Account struct {
	bun.BaseModel `bun:"table:accounts,alias:account"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	// Number is what people know it by; unique.
	Number string `bun:"number"`
	Name   string `bun:"name"`
	// Country is ISO 3166-1 alpha-2.
	Country string `bun:"country"`
	// Language is "nb" or "en".
	Language  string    `bun:"language"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}
