package readings

import "utsendt/portal"

// Page asks for a part of a list.
type Page struct {
	// Size is 1 to 100; 0 means 10.
	Size int
	// Token is the former page's; empty means the first page.
	Token string
}

// Read gives the size, and reads the token into sortKey (a pointer). Invalid "page_size_invalid", "page_token_malformed".
func (p Page) Read(sortKey any) (size int, err error) {
	if size, err = portal.PageSize(p.Size); err == nil && p.Token != "" {
		err = portal.ReadPageToken(p.Token, sortKey)
	}
	return size, err
}
