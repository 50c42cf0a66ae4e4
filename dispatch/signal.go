package dispatch

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"utsendt/internal/live"
)

// Subjects of the signals: "request.<id>", "account.<id>.<request id>", "technician.<id>" and "position.<technician id>".
func requestSubject(id uuid.UUID) string    { return "request." + id.String() }
func accountPrefix(id uuid.UUID) string     { return "account." + id.String() + "." }
func technicianSubject(id uuid.UUID) string { return "technician." + id.String() }
func positionSubject(id uuid.UUID) string   { return "position." + id.String() }

// signal publishes after a commit. A lost signal only delays: streams read again by themselves.
func (s *Service) signal(sig live.Signal) {
	if err := s.bus.Publish(sig); err != nil {
		s.log.Warn("a change was not signalled", "subject", sig.Subject, "error", err)
	}
}

// signalRequest tells that a request has a new version, and that its technicians' jobs changed.
func (s *Service) signalRequest(r *Request, technicians ...uuid.UUID) {
	s.signal(live.Signal{Subject: requestSubject(r.ID), Version: r.Version})
	s.signal(live.Signal{Subject: accountPrefix(r.AccountID) + r.ID.String(), Version: r.Version})
	for _, id := range technicians {
		if id != uuid.Nil {
			s.signal(live.Signal{Subject: technicianSubject(id), Version: r.UpdatedAt.UnixMicro()})
		}
	}
}

// signalReplanned tells that the plan of a request's visit moved; the request itself has no new version.
func (s *Service) signalReplanned(request uuid.UUID) {
	s.signal(live.Signal{Subject: requestSubject(request)})
}

func (s *Service) signalPosition(p Position) {
	sig, err := PositionSignal(p)
	if err != nil {
		s.log.Error("a position was not signalled", "error", err)
		return
	}
	s.signal(sig)
}

// PositionSignal is what tells the streams that a technician is somewhere new. The position itself is in it: nobody
// reads it anew. An error means that it is no position at all (not a number).
func PositionSignal(p Position) (live.Signal, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return live.Signal{}, fmt.Errorf("dispatch: writing a position: %w", err)
	}
	return live.Signal{Subject: positionSubject(p.TechnicianID), Version: p.RecordedAt.UnixMicro(), Data: data}, nil
}

// positionOf reads the position that a signal carries.
func positionOf(sig live.Signal) (Position, bool) {
	if !strings.HasPrefix(sig.Subject, "position.") || len(sig.Data) == 0 {
		return Position{}, false
	}
	var p Position
	if err := json.Unmarshal(sig.Data, &p); err != nil {
		return Position{}, false
	}
	return p, true
}

func subjectID(subject, prefix string) (uuid.UUID, bool) {
	rest, ok := strings.CutPrefix(subject, prefix)
	if !ok {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(rest)
	return id, err == nil
}
