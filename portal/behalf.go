package portal

import (
	"github.com/google/uuid"

	"utsendt/internal/fault"
)

// MeantFor makes sure that staff who act for a company act for the one they think: owner is whose the thing is, meant whose they took it
// for; uuid.Nil where they did not say. WrongState "of_another_company" when it is another's, for instance since it was moved.
func MeantFor(owner, meant uuid.UUID) error {
	if meant == uuid.Nil || meant == owner {
		return nil
	}
	return fault.NewWrongState("of_another_company", "This belongs to another company than the one you are acting for. Nothing was done; look it up again.",
		fault.Field("account_id"))
}
