package notify

import (
	"fmt"
	"strings"

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
	// Params fill the text: "number", "technician", "device", "reason", "city", "customer". What is absent
	// or empty is left out of the text or called by a general word. Any Unicode will do.
	Params map[string]string
}

// maxURL in octets leaves most of the push message for its text.
const maxURL = 500

// check finds mistakes of the caller; none comes from what people typed.
func (m Message) check() error {
	set := 0
	for _, id := range []uuid.UUID{m.To.Person, m.To.Account, m.To.Technician} {
		if id != uuid.Nil {
			set++
		}
	}
	_, known := policies[m.Kind]
	switch {
	case set != 1:
		return fmt.Errorf("notify: a %q message needs exactly one audience, not %d", m.Kind, set)
	case !known:
		return fmt.Errorf("notify: no such kind of message: %q", m.Kind)
	case (m.SubjectKind == "") != (m.SubjectID == uuid.Nil):
		return fmt.Errorf("notify: a %q message has half a subject", m.Kind)
	case !strings.HasPrefix(m.URL, "/") || strings.HasPrefix(m.URL, "//") || len(m.URL) > maxURL:
		return fmt.Errorf("notify: the URL of a %q message must be a path of at most %d octets", m.Kind, maxURL)
	}
	return nil
}
