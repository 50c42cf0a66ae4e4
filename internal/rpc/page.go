package rpc

import (
	"log/slog"
	"net/http"

	"connectrpc.com/connect"

	"utsendt/internal/fault"
)

// Page serves what is fetched beside the API, such as a photo, to whoever has a session: by cookie or bearer token, as for a
// call. The actor is in the context ([identity.ActorFrom]); who may have what is next's to decide. Only GET and HEAD are
// served. An error of next, which has then written nothing, is answered with the status that fits it and one line of text;
// what is our own fault is logged and not shown.
func Page(people Authenticator, log *slog.Logger, next func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	if log == nil {
		log = slog.Default()
	}
	faults := &faults{log: log}
	g := &gate{people: people, access: Access{"": SignedIn}, faults: faults}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		ctx, err := g.admit(r.Context(), "", r.Header)
		if err == nil {
			err = next(w, r.WithContext(ctx))
		}
		if err == nil {
			return
		}
		shown := faults.refused(ctx, r.URL.Path, err)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Del("ETag")
		http.Error(w, fault.From(err).Message, statusOf(connect.CodeOf(shown)))
	})
}

// statusOf is the HTTP status of a code, as Connect has it.
func statusOf(code connect.Code) int {
	switch code {
	case connect.CodeInvalidArgument, connect.CodeFailedPrecondition:
		return http.StatusBadRequest
	case connect.CodeUnauthenticated:
		return http.StatusUnauthorized
	case connect.CodePermissionDenied:
		return http.StatusForbidden
	case connect.CodeNotFound:
		return http.StatusNotFound
	case connect.CodeCanceled:
		return 499
	case connect.CodeUnavailable:
		return http.StatusServiceUnavailable
	case connect.CodeResourceExhausted:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}
