package revision

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"utsendt/internal/fault"
)

// width is how many bytes of a field's hash a revision holds.
const width = 6

// Field is one value of a thing.
type Field struct {
	// Name is how the API spells it.
	Name string
	// Value is anything that marshals to JSON.
	Value any
	// Private values, such as a telephone number, are left out of the audit trail.
	Private bool
}

// Fields are the values of a thing, always in the same order.
type Fields []Field

// Revision is what a client is given and hands back with its change.
func (f Fields) Revision() string {
	var sums []byte
	for _, field := range f {
		sums = append(sums, field.sum()...)
	}
	return base64.RawURLEncoding.EncodeToString(sums)
}

func (f Field) sum() []byte {
	text, err := json.Marshal([]any{f.Name, f.Value})
	if err != nil {
		panic("revision: " + f.Name + ": " + err.Error()) // a mistake of ours, which the first test shows
	}
	sum := sha256.Sum256(text)
	return sum[:width]
}

// Check compares the present values with the revision that a change is based on.
//
// Errors: Stale revision_stale with the changed fields' names in the parameter "fields"; Invalid revision_malformed.
func (f Fields) Check(revision string) error {
	sums, err := base64.RawURLEncoding.DecodeString(revision)
	if err != nil || len(sums) != width*len(f) {
		return fault.NewInvalid("revision", "revision_malformed", "This is no revision of this thing. Read it again.")
	}
	var changed []string
	for i, field := range f {
		if string(sums[i*width:(i+1)*width]) != string(field.sum()) {
			changed = append(changed, field.Name)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	names := strings.Join(changed, ", ")
	return fault.NewStale("revision_stale", "Somebody changed this meanwhile ("+names+"). Look at it again.",
		fault.Param("fields", names))
}

// Changed gives the names of the fields whose values differ in other, which has the same fields.
func (f Fields) Changed(other Fields) []string {
	var changed []string
	for i, field := range f {
		if string(field.sum()) != string(other[i].sum()) {
			changed = append(changed, field.Name)
		}
	}
	return changed
}

// Audited gives what the audit trail keeps: all but private values.
func (f Fields) Audited() map[string]any {
	kept := make(map[string]any, len(f))
	for _, field := range f {
		if !field.Private {
			kept[field.Name] = field.Value
		}
	}
	return kept
}

// AuditedAfter is Audited for the values after a change, with the names of the private ones that changed.
func (f Fields) AuditedAfter(before Fields) map[string]any {
	kept := f.Audited()
	var private []string
	for i, field := range f {
		if field.Private && string(field.sum()) != string(before[i].sum()) {
			private = append(private, field.Name)
		}
	}
	if len(private) > 0 {
		kept["private_changed"] = private
	}
	return kept
}
