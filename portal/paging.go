package portal

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

// PageSize applies the default and the bound; Invalid ("page_size_invalid") outside 0 to 100.
func PageSize(asked int) (int, error) {
	switch {
	case asked == 0:
		return defaultPageSize, nil
	case asked < 0 || asked > maxPageSize:
		return 0, fault.NewInvalid("page_size", "page_size_invalid", "A page has 1 to 100 rows; 0 means 10.")
	default:
		return asked, nil
	}
}

// PageToken makes an opaque token of the sort key of a page's last row.
func PageToken(sortKey any) (string, error) {
	raw, err := json.Marshal(sortKey)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

// ReadPageToken is its inverse. Tokens come from outside: anything but one of ours is Invalid
// ("page_token_malformed"), and what it holds is data to compare with, never trusted further.
func ReadPageToken(token string, sortKey any) error {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		decoder := json.NewDecoder(strings.NewReader(string(raw)))
		decoder.DisallowUnknownFields()
		if err = decoder.Decode(sortKey); err == nil && !decoder.More() {
			return nil
		}
	}
	return ErrPageToken
}

// ErrPageToken is the answer to a page token that is none of ours.
var ErrPageToken = fault.NewInvalid("page_token", "page_token_malformed",
	"The page token is not one of ours; begin again with the first page.")

// Storable reports whether PostgreSQL can compare a text with what it stores: valid UTF-8 without NUL.
func Storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }
