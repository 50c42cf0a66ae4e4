package portal

import (
	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Model is a printer model.
type Model struct {
	bun.BaseModel `bun:"table:models,alias:model"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	// Name is unique.
	Name string `bun:"name"`
	// Skills are those a technician needs for it.
	Skills []string `bun:"skills,array"`
	Colour bool     `bun:"colour"`
}
