package life

import (
	"time"

	"github.com/google/uuid"
)

// ThreadQueryForTest is the statement that a page is read by.
func ThreadQueryForTest(device, account, person uuid.UUID, customer bool) (string, []any) {
	return numbered(threadQuery(nil, customer), map[string]any{
		":device": device.String(), ":account": account.String(), ":person": person.String(),
		":at": time.Now(), ":rank": 0, ":id": uuid.Nil.String(), ":limit": 21,
	}, map[string]string{
		":device": "uuid", ":account": "uuid", ":person": "uuid", ":at": "timestamptz", ":rank": "int", ":id": "uuid", ":limit": "int",
	})
}
