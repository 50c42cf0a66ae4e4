package transfer

import "fmt"

// refusal says why a row is not taken: a stable reason, the column (or "") and a sentence for people.
type refusal struct {
	reason, field, message string
}

func refuse(reason, field, format string, args ...any) *refusal {
	return &refusal{reason: reason, field: field, message: fmt.Sprintf(format, args...)}
}

// Error makes it an error, for parsers of cells.
func (r *refusal) Error() string { return r.reason + ": " + r.message }
