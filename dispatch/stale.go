package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// seenAs refuses a change by someone who saw another version; 0 does not check. The fault carries the present version
// and state. Staff are told who was first as well: "by" (a name), "by_role", "did" (the kind of the latest activity), "at"
// (RFC 3339) and "technician" (a first name, where one was given the request). Nobody else learns any of that.
func (s *Service) seenAs(ctx context.Context, db bun.IDB, actor identity.Actor, r *Request, version int64) error {
	if version == 0 || version == r.Version {
		return nil
	}
	stale := fault.New(fault.Stale, "version_stale", "Somebody changed this request meanwhile. Look at it again.",
		fault.Param("version", fmt.Sprint(r.Version)), fault.Param("state", string(r.State)))
	if mayRead(actor) != nil {
		return stale
	}
	var last Activity
	if err := db.NewSelect().Model(&last).Where("request_id = ?", r.ID).Order("sequence DESC").Limit(1).Scan(ctx); err != nil {
		return fmt.Errorf("dispatch: reading who was first: %w", err)
	}
	stale = stale.With(fault.Param("by", last.ActorName)).With(fault.Param("by_role", last.ActorRole)).
		With(fault.Param("did", last.Kind)).With(fault.Param("at", last.At.UTC().Format(time.RFC3339)))
	if last.TechnicianName != "" {
		stale = stale.With(fault.Param("technician", last.TechnicianName))
	}
	return stale
}
