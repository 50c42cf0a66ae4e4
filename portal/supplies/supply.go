package supplies

import (
	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Kind is what a supply is for, as contracts name it.
type Kind string

// The kinds of supplies.
const (
	Toner      Kind = "toner"
	Drum       Kind = "drum"
	WasteToner Kind = "waste_toner"
	Staples    Kind = "staples"
	Fuser      Kind = "fuser"
	Other      Kind = "other"
)

// Colour of a toner or drum.
type Colour string

// The colours; NoColour is for what has none.
const (
	NoColour Colour = ""
	Black    Colour = "black"
	Cyan     Colour = "cyan"
	Magenta  Colour = "magenta"
	Yellow   Colour = "yellow"
)

// Supply is something that can be ordered.
type Supply struct {
	bun.BaseModel `bun:"table:supplies,alias:supply"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	// Number is what is on the box; unique.
	Number string `bun:"number"`
	NameNB string `bun:"name_nb"`
	NameEN string `bun:"name_en"`
	Kind   Kind   `bun:"kind"`
	Colour Colour `bun:"colour"`
	// Yield is how many pages one lasts by its maker's word; nil where pages do not wear it.
	Yield *int `bun:"yield"`
	// Retired is orderable no more.
	Retired bool `bun:"retired"`
}

// Name is what it is called in a language, "nb" or "en"; any other gets English.
func (s Supply) Name(language string) string { return nameIn(language, s.NameNB, s.NameEN) }

func nameIn(language, nb, en string) string {
	if language == "nb" {
		return nb
	}
	return en
}
