package visitfiles

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
)

// Path is where pictures of visits are fetched: "GET /visit-files/{id}", with ?size=thumb for the small one.
const Path = "/visit-files/{id}"

// URL is where a picture is fetched, on whichever server.
func URL(id uuid.UUID) string { return "/visit-files/" + id.String() }

// OfVisits gives the pictures of visits that have arrived, the photos of each in the order in which they were announced and
// then the signature. Whether they may be seen is the caller's to know.
func (s *Service) OfVisits(ctx context.Context, visits []uuid.UUID) (map[uuid.UUID][]File, error) {
	found := make(map[uuid.UUID][]File, len(visits))
	if len(visits) == 0 {
		return found, nil
	}
	var rows []row
	if err := s.db.NewSelect().Model(&rows).Where("visit_id IN (?) AND state = ?", bun.List(visits), Stored).
		OrderExpr("visit_id, kind, slot").Scan(ctx); err != nil {
		return nil, fmt.Errorf("visitfiles: listing: %w", err)
	}
	for _, r := range rows {
		found[r.VisitID] = append(found[r.VisitID], File{ID: r.ID, VisitID: r.VisitID, Kind: r.Kind, Kept: r.Kept, StoredAt: *r.StoredAt})
	}
	return found, nil
}

// seenBy narrows a query on visits (alias v) and their requests (alias r) to those whose pictures the actor may see.
func (s *Service) seenBy(actor identity.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		switch {
		case actor.Is(identity.RoleDispatcher, identity.RoleAdmin):
			return q
		case actor.Is(identity.RoleTechnician) && actor.TechnicianID != uuid.Nil:
			return q.Where(`v.technician_id = ?0 OR EXISTS (SELECT FROM service_requests AS mine
				WHERE mine.technician_id = ?0 AND mine.device_id = r.device_id)`, actor.TechnicianID)
		case actor.Is(identity.RoleCustomer):
			return q.Apply(s.cfg.Customers(actor))
		}
		return q.Where("false")
	}
}

// Serve answers a GET or HEAD for a picture, for rpc.Page; see picturestore.Store.Serve. ErrNoFile for one that the caller may
// not see.
func (s *Service) Serve(w http.ResponseWriter, req *http.Request) error {
	id, err := uuid.Parse(req.PathValue("id"))
	if err != nil {
		return ErrNoFile
	}
	var r row
	err = s.db.NewSelect().Model(&r).Join("JOIN visits AS v ON v.id = file.visit_id").
		Join("JOIN service_requests AS r ON r.id = v.request_id").Where("file.id = ? AND file.state = ?", id, Stored).
		Apply(s.seenBy(identity.Caller(req.Context()))).Scan(req.Context())
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoFile
	}
	if err != nil {
		return fmt.Errorf("visitfiles: finding: %w", err)
	}
	return s.pictures.Serve(w, req, r.Kept)
}
