package picturestore

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"utsendt/internal/blob"
	"utsendt/internal/fault"
	"utsendt/internal/picture"
)

// Serve answers a GET or HEAD for a picture that the caller may see; with ?size=thumb the small one. A browser may keep it for
// itself, and asks again each time whether it may still see it: the answer is then 304. Invalid "photo_size".
func (s *Store) Serve(w http.ResponseWriter, r *http.Request, kept Kept) error {
	content, contentType := kept.ContentID, kept.ContentType
	switch r.URL.Query().Get("size") {
	case "":
	case "thumb":
		content, contentType = kept.ThumbnailID, string(picture.JPEG)
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
	c, err := s.blobs.Open(r.Context(), content)
	if errors.Is(err, blob.ErrNotFound) {
		return fmt.Errorf("picturestore: the content %s of %s is missing", content, r.URL.Path)
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
		s.log.WarnContext(r.Context(), "a picture broke off", "path", r.URL.Path, "error", err)
		panic(http.ErrAbortHandler) // half a picture must not look like a whole one
	}
	return nil
}
