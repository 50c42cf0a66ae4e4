package supplies

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Carriers knows where parcels are tracked: by a carrier's name, the address of its page for a parcel. The zero value
// knows none. It does not change once made.
type Carriers struct {
	links map[string]string
}

// placeholder is where the tracking number goes.
const placeholder = "{number}"

// ParseCarriers reads the operator's settings, each "name=https://example.com/track/{number}". A name comes once; the link
// is https and holds {number} exactly once, after the host.
func ParseCarriers(settings ...string) (Carriers, error) {
	c := Carriers{links: make(map[string]string, len(settings))}
	for _, s := range settings {
		name, link, found := strings.Cut(s, "=")
		name, link = strings.TrimSpace(name), strings.TrimSpace(link)
		if !found || name == "" {
			return Carriers{}, fmt.Errorf("a carrier is name=https://…%s…, not %q", placeholder, s)
		}
		if len(name) > maxCarrier {
			return Carriers{}, fmt.Errorf("the carrier %q: its name is longer than %d octets", name, maxCarrier)
		}
		if _, twice := c.links[name]; twice {
			return Carriers{}, fmt.Errorf("the carrier %q is given twice", name)
		}
		if err := checkLink(link); err != nil {
			return Carriers{}, fmt.Errorf("the carrier %q: %w", name, err)
		}
		c.links[name] = link
	}
	return c, nil
}

func checkLink(link string) error {
	if strings.Count(link, placeholder) != 1 {
		return fmt.Errorf("its link %q must hold %s exactly once", link, placeholder)
	}
	before, after, _ := strings.Cut(link, placeholder)
	if strings.ContainsAny(before+after, "{}") {
		return fmt.Errorf("its link %q holds braces beside %s", link, placeholder)
	}
	u, err := url.Parse(before + "0" + after)
	if err != nil {
		return fmt.Errorf("its link %q is no URL: %w", link, err)
	}
	if u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return fmt.Errorf("its link %q must be https://host/…", link)
	}
	// What stands before the number must be the whole host already, or the number could choose where the link leads.
	host := strings.TrimPrefix(before, "https://")
	if host == before || !strings.ContainsAny(host, "/?#") {
		return fmt.Errorf("its link %q must have %s after the host", link, placeholder)
	}
	return nil
}

// Link gives the carrier's page for a parcel; empty for an unknown carrier or without a number. Whatever is in the number
// stays in its place: all but letters, digits and -._~ is percent-encoded.
func (c Carriers) Link(carrier, number string) string {
	link, known := c.links[carrier]
	if !known || number == "" {
		return ""
	}
	return strings.Replace(link, placeholder, percentEncode(number), 1)
}

// Names lists the carriers by the alphabet.
func (c Carriers) Names() []string { return slices.Sorted(maps.Keys(c.links)) }

func percentEncode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
