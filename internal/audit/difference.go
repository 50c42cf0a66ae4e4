package audit

import (
	"bytes"
	"encoding/json"
	"slices"
)

// ChangedFields names the fields in which a line's Before and After differ, in order; those of inner objects with dots.
// Where either is no object, a difference is named by no field.
func (c Change) ChangedFields() []string {
	before, after := Flatten(c.Before), Flatten(c.After)
	var changed []string
	for name, value := range after {
		if old, ok := before[name]; !ok || !bytes.Equal(old, value) {
			changed = append(changed, name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed
}

// Flatten gives the values of a JSON object by the names that ChangedFields uses, as PostgreSQL's jsonb writes them, in
// which equal values are equal bytes. It is empty for what is no object.
func Flatten(object json.RawMessage) map[string]json.RawMessage {
	flat := make(map[string]json.RawMessage)
	flatten(flat, "", object)
	return flat
}

func flatten(into map[string]json.RawMessage, prefix string, object json.RawMessage) {
	var inner map[string]json.RawMessage
	if len(object) == 0 || object[0] != '{' || json.Unmarshal(object, &inner) != nil {
		return
	}
	for name, value := range inner {
		if len(value) > 2 && value[0] == '{' {
			flatten(into, prefix+name+".", value)
			continue
		}
		into[prefix+name] = value
	}
}
