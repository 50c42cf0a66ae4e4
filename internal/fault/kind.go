package fault

// Kind says what sort of failure a fault is. It decides the status code that a client sees.
type Kind int

// The kinds. Internal is the zero value, so that a forgotten kind gives nothing away.
const (
	// Internal: our own failure. The message says nothing about the inside; the log does.
	Internal Kind = iota
	// Invalid: the input can never be right, whatever the state; Field names the part.
	Invalid
	// Unauthenticated: nobody, or an expired session, asks.
	Unauthenticated
	// Forbidden: the actor may see the thing but not do this to it.
	Forbidden
	// NotFound: there is no such thing, or it belongs to somebody else.
	NotFound
	// Exists: it is there already.
	Exists
	// Stale: the actor looked at an older version; read again and decide again.
	Stale
	// WrongState: right input at the wrong time, for example completing a cancelled request.
	WrongState
	// Limited: too often or too much; RetryAfter says when to try again.
	Limited
	// Unavailable: not possible just now (overload, shutdown, time ran out); trying again may help.
	Unavailable
)

var kindNames = [...]string{
	Internal:        "internal",
	Invalid:         "invalid",
	Unauthenticated: "unauthenticated",
	Forbidden:       "forbidden",
	NotFound:        "not_found",
	Exists:          "exists",
	Stale:           "stale",
	WrongState:      "wrong_state",
	Limited:         "limited",
	Unavailable:     "unavailable",
}

// String gives the kind in snake_case, as logs and metrics show it.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// Kinds lists every kind, so that tables over kinds can be tested for completeness.
func Kinds() []Kind {
	kinds := make([]Kind, len(kindNames))
	for i := range kinds {
		kinds[i] = Kind(i)
	}
	return kinds
}
