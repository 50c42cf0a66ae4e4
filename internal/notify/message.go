package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Audience says who gets a message: exactly one of its fields is set.
type Audience struct {
	// Person is one person.
	Person uuid.UUID
	// Account is every active person of a customer company.
	Account uuid.UUID
	// Technician is the person who is this technician.
	Technician uuid.UUID
	// Device is everyone with an active registration of the device.
	Device uuid.UUID
	// Staff is every active dispatcher and administrator.
	Staff bool
	// Address is a mail address that is no person's, or is written to for itself: it gets mail alone, and
	// nobody finds the message in their list.
	Address Address
}

// Address is where to write, and how.
type Address struct {
	// Email is one bare address.
	Email string
	// Language is "nb" or "en".
	Language string
	// Name of whoever reads it, for kinds whose text greets them; may be empty.
	Name string
}

// Message is something to tell people, not yet in any language.
type Message struct {
	To   Audience
	Kind Kind
	// SubjectKind and SubjectID say what it is about, for the ledger and so that a newer message about the
	// same thing replaces an older one: "request" and its id.
	SubjectKind string
	SubjectID   uuid.UUID
	// URL is the page a click opens: a path of at most 500 octets.
	URL string
	// Params fill the text: those that the kind declares. What is absent or empty is left out of the text or
	// called by a general word. Any Unicode will do.
	Params map[string]string
	// Dates are parameters too: days, in the zone of the value, written out in the reader's language.
	Dates map[string]time.Time
	// Numbers are parameters too, with the digits grouped as the reader's language does. "count" chooses
	// between singular and plural in texts that have both.
	Numbers map[string]int64
	// Lines are a table in the mail, below its text: the articles of an order, the devices of a reminder. Of
	// more than 100 the mail says how many more there are.
	Lines []Line
}

// Line is one row of a mail's table.
type Line struct {
	// Key names a label of the catalogue, "label.<key>", that the kind declares; Label is the label itself.
	// One of them is set.
	Key, Label string
	// Value, or Date: a day, written out in the reader's language.
	Value string
	Date  time.Time
}

// maxURL in octets leaves most of the push message for its text.
const maxURL = 500

// check finds mistakes of the caller; none comes from what people typed.
func (m Message) check() error {
	p, known := policies[m.Kind]
	switch {
	case m.To.fields() != 1:
		return fmt.Errorf("notify: a %q message needs exactly one audience, not %d", m.Kind, m.To.fields())
	case !known:
		return fmt.Errorf("notify: no such kind of message: %q", m.Kind)
	case m.To.Address != (Address{}) && p.mail == mailNever:
		return fmt.Errorf("notify: a %q message cannot go to a mail address: its kind is never mailed", m.Kind)
	case (m.SubjectKind == "") != (m.SubjectID == uuid.Nil):
		return fmt.Errorf("notify: a %q message has half a subject", m.Kind)
	case !isPath(m.URL):
		return fmt.Errorf("notify: the URL of a %q message must be a path of at most %d octets", m.Kind, maxURL)
	}
	for _, name := range m.names() {
		if !p.uses(name) {
			return fmt.Errorf("notify: a %q message brings %q, which its kind does not declare", m.Kind, name)
		}
	}
	for _, line := range m.Lines {
		if line.Key != "" && !slices.Contains(p.labels, line.Key) {
			return fmt.Errorf("notify: a %q message has a line %q, which its kind does not declare", m.Kind, line.Key)
		}
	}
	return nil
}

// names are those of all parameters.
func (m Message) names() []string {
	names := make([]string, 0, len(m.Params)+len(m.Dates)+len(m.Numbers))
	for name := range m.Params {
		names = append(names, name)
	}
	for name := range m.Dates {
		names = append(names, name)
	}
	for name := range m.Numbers {
		names = append(names, name)
	}
	return names
}

func (a Audience) fields() int {
	set := 0
	for _, is := range []bool{
		a.Person != uuid.Nil, a.Account != uuid.Nil, a.Technician != uuid.Nil, a.Device != uuid.Nil, a.Staff, a.Address != Address{},
	} {
		if is {
			set++
		}
	}
	return set
}

func isPath(url string) bool {
	return strings.HasPrefix(url, "/") && !strings.HasPrefix(url, "//") && len(url) <= maxURL
}
