package dispatch

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
)

// Texts is a column of type text[]. Bun's own reader of arrays makes one of two apostrophes in a row.
type Texts []string

// Value implements driver.Valuer: PostgreSQL's text form of an array.
func (t Texts) Value() (driver.Value, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, text := range t {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text))
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String(), nil
}

// Scan implements sql.Scanner. An element that is NULL, of which ours have none, is an empty text.
func (t *Texts) Scan(src any) error {
	text, ok := textOf(src)
	if !ok || len(text) < 2 || text[0] != '{' || text[len(text)-1] != '}' {
		return fmt.Errorf("dispatch: %T is no text[]", src)
	}
	*t = Texts{}
	for text = text[1 : len(text)-1]; text != ""; text = strings.TrimPrefix(text, ",") {
		if text[0] != '"' {
			plain, _, _ := strings.Cut(text, ",")
			text = text[len(plain):]
			if plain == "NULL" {
				plain = ""
			}
			*t = append(*t, plain)
			continue
		}
		var element strings.Builder
		i := 1
		for ; i < len(text) && text[i] != '"'; i++ {
			if text[i] == '\\' {
				i++
			}
			if i < len(text) {
				element.WriteByte(text[i])
			}
		}
		if i >= len(text) {
			return fmt.Errorf("dispatch: a text[] ends within an element")
		}
		*t = append(*t, element.String())
		text = text[i+1:]
	}
	return nil
}

// list is a column of type jsonb that holds an array. Bun's own writer of JSON spoils the text \u0000 when it is no
// escape but those six characters.
type list[T any] []T

// Value implements driver.Valuer.
func (l list[T]) Value() (driver.Value, error) {
	if l == nil {
		return "[]", nil
	}
	data, err := json.Marshal([]T(l))
	return string(data), err
}

// Scan implements sql.Scanner.
func (l *list[T]) Scan(src any) error {
	text, ok := textOf(src)
	if !ok {
		return fmt.Errorf("dispatch: %T is no jsonb", src)
	}
	return json.Unmarshal([]byte(text), (*[]T)(l))
}

func textOf(src any) (string, bool) {
	switch v := src.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	}
	return "", false
}
