package photos

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"utsendt/internal/blob"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/picture"
)

// Path is where photos are fetched: "GET /photos/{id}", with ?size=thumb for the small one.
const Path = "/photos/{id}"

// Serve answers a GET or HEAD for a photo, for rpc.Page. A browser may keep it for itself, and asks again each time whether it
// may still see it: the answer is then 304.
func (s *Service) Serve(w http.ResponseWriter, r *http.Request) error {
	actor := identity.Caller(r.Context())
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return ErrNoPhoto
	}
	photo, err := s.find(r.Context(), actor, id)
	if err != nil {
		return err
	}
	content, contentType := photo.ContentID, photo.ContentType
	switch r.URL.Query().Get("size") {
	case "":
	case "thumb":
		content, contentType = photo.ThumbnailID, string(picture.JPEG)
	default:
		return fault.NewInvalid("size", "photo_size", "The size is thumb, or left out.")
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	// Contents never change under an id.
	etag := `"` + hex.EncodeToString(content[:]) + `"`
	h.Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	c, err := s.store.Open(r.Context(), content)
	if errors.Is(err, blob.ErrNotFound) {
		return fmt.Errorf("photos: the content %s of photo %s is missing", content, id)
	}
	if err != nil {
		return err
	}
	defer c.Close()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.FormatInt(c.Size, 10))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Content-Disposition", "inline")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := io.Copy(w, c); err != nil && r.Context().Err() == nil {
		s.log.WarnContext(r.Context(), "a photo broke off", "photo", id, "error", err)
		panic(http.ErrAbortHandler) // half a photo must not look like a whole one
	}
	return nil
}
