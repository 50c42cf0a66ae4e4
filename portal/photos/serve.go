package photos

import (
	"net/http"

	"github.com/google/uuid"

	"utsendt/internal/identity"
)

// Path is where photos are fetched: "GET /photos/{id}", with ?size=thumb for the small one.
const Path = "/photos/{id}"

// Serve answers a GET or HEAD for a photo, for rpc.Page; see picturestore.Store.Serve. ErrNoPhoto for one that the caller may
// not see.
func (s *Service) Serve(w http.ResponseWriter, r *http.Request) error {
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return ErrNoPhoto
	}
	photo, err := s.find(r.Context(), identity.Caller(r.Context()), id)
	if err != nil {
		return err
	}
	return s.pictures.Serve(w, r, photo.Kept)
}
