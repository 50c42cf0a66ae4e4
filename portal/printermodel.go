package portal

import (
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/dispatch"
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
	// Categories of faults that its devices can have (dispatch.Category).
	Categories []string `bun:"categories,array"`
}

// FaultCategories gives those of the words that are categories of faults, each once, in the order in which people are asked.
// Anything can be otherwise wrong, so dispatch.OtherFault is always among them. No word at all means all.
func FaultCategories(words []string) []string {
	var all []string
	for _, c := range dispatch.Categories {
		if len(words) == 0 || c == dispatch.OtherFault || slices.Contains(words, string(c)) {
			all = append(all, string(c))
		}
	}
	return all
}

// faults lists the categories of faults that the model's devices can have, in the order in which people are asked.
func (m Model) faults() []dispatch.Category {
	var all []dispatch.Category
	for _, c := range dispatch.Categories {
		if slices.Contains(m.Categories, string(c)) {
			all = append(all, c)
		}
	}
	return all
}
