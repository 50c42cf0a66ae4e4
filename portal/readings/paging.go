package readings

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"utsendt/internal/fault"
)

// Page sizes of all lists here.
const (
	defaultPageSize = 10
	maxPageSize     = 100
)

// Page asks for a part of a list.
type Page struct {
	// Size is 1 to 100; 0 means 10.
	Size int
	// Token is the former page's; empty means the first page.
	Token string
}

// PageOf applies the default and the bounds, and reads the token into sortKey (a pointer). Invalid "page_size_invalid",
// "page_token_malformed". What the token holds came from outside: it is data to compare with, and no more.
func PageOf(p Page, sortKey any) (size int, err error) {
	switch {
	case p.Size < 0 || p.Size > maxPageSize:
		return 0, fault.NewInvalid("page_size", "page_size_invalid", "A page has 1 to 100 rows; 0 means 10.")
	case p.Size == 0:
		size = defaultPageSize
	default:
		size = p.Size
	}
	if p.Token == "" {
		return size, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Token)
	if err == nil {
		decoder := json.NewDecoder(strings.NewReader(string(raw)))
		decoder.DisallowUnknownFields()
		if err = decoder.Decode(sortKey); err == nil && !decoder.More() {
			return size, nil
		}
	}
	return 0, ErrPageToken
}

// PageToken makes an opaque token of the sort key of a page's last row.
func PageToken(sortKey any) (string, error) {
	raw, err := json.Marshal(sortKey)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

// ErrPageToken is for a token that is not one of ours.
var ErrPageToken = fault.NewInvalid("page_token", "page_token_malformed",
	"The page token is not one of ours; begin again with the first page.")

// storable reports whether PostgreSQL can compare a text with what it stores: valid UTF-8 without NUL.
func storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }
