package dispatch

import (
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Stale is the age from which a position is shown as "last seen" and not as live.
const Stale = 60 * time.Second

// Position is where a technician was at a time.
type Position struct {
	TechnicianID uuid.UUID `json:"technician_id"`
	// Point in degrees (WGS 84): longitude, latitude.
	Point orb.Point `json:"point"`
	// Accuracy in metres, 68 % sure.
	Accuracy float64 `json:"accuracy"`
	// Speed in metres a second and Heading in degrees clockwise from north; nil when the phone did not know.
	Speed   *float64 `json:"speed,omitempty"`
	Heading *float64 `json:"heading,omitempty"`
	// RecordedAt is when the phone took it, by the server's clock.
	RecordedAt time.Time `json:"recorded_at"`
}

// Age is how old the position is at now; never negative.
func (p Position) Age(now time.Time) time.Duration { return max(0, now.Sub(p.RecordedAt)) }
