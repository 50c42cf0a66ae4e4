package rpc

import (
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"connectrpc.com/connect"

	"utsendt/internal/fault"
)

// Edge is where requests come in, for RPC and pages alike.
type Edge struct {
	// Proxies are the reverse proxies in front of the server.
	Proxies Proxies
	// TrustedOrigins are other origins ("https://example.com") whose pages may use the cookie.
	TrustedOrigins []string
	// Log is for requests that are refused here; default slog.Default().
	Log *slog.Logger
	// MaxBody is the largest body of a request that says its size, streams excepted, in bytes; default 1 MiB.
	MaxBody int64
	// BodyTime is how long a body may take to arrive, those of streams that send excepted; default 30 s.
	BodyTime time.Duration
	// Large are procedures that carry files, by path, each with the largest body in bytes; they also have more time to
	// arrive. The handler needs connect.WithReadMaxBytes to match.
	Large map[string]int64
}

// apiPrefix is what the paths of all our procedures begin with.
const apiPrefix = "/utsendt."

// contentSecurityPolicy lets pages load from us alone and run no script or style but files. Maps need
// images from data and blob URLs, and workers from blobs.
var contentSecurityPolicy = strings.Join([]string{
	"default-src 'self'",
	"connect-src 'self'",
	"img-src 'self' data: blob:",
	"style-src 'self'",
	"worker-src 'self' blob:",
	"frame-ancestors 'none'",
	"base-uri 'none'",
	"object-src 'none'",
	"form-action 'self'",
}, "; ")

// Wrap puts the edge around a handler:
//
//   - the client's address and whether it speaks TLS go into the context ([ClientFrom]);
//   - responses carry security headers, and HSTS where the client speaks TLS;
//   - a request that another site's page made is refused, except for safe methods, trusted origins and
//     requests with a bearer token, which no page can send unless it was given one;
//   - a request that says that it is too large is refused before it is read;
//   - streams can be cut off ([CutOff]), and a body must arrive in half a minute, also one that nobody reads;
//   - answers of the API are kept by no cache.
func (e Edge) Wrap(next http.Handler) (http.Handler, error) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range e.TrustedOrigins {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("rpc: trusted origin: %w", err)
		}
	}
	log := e.Log
	if log == nil {
		log = slog.Default()
	}
	if e.MaxBody == 0 {
		e.MaxBody = defaultReadMaxBytes
	}
	if e.BodyTime == 0 {
		e.BodyTime = bodyTime
	}
	faults, writer := &faults{log: log}, connect.NewErrorWriter()
	refuse := func(w http.ResponseWriter, r *http.Request, status int, f *fault.Error) {
		if writer.IsSupported(r) {
			_ = writer.Write(w, r, faults.refused(r.Context(), r.URL.Path, f)) // it fails only when the client is gone
			return
		}
		http.Error(w, f.Message, status)
	}

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client := e.Proxies.client(r)
		maxBody, body := e.MaxBody, e.BodyTime
		if large, ok := e.Large[r.URL.Path]; ok {
			maxBody, body = large, max(body, largeBodyTime)
		}
		r = r.WithContext(withConnection(WithClient(r.Context(), client), w))
		boundBody(r, body)
		setSecurityHeaders(w.Header(), client)
		if strings.HasPrefix(r.URL.Path, apiPrefix) {
			// Calls without side effects may be made with GET: nobody keeps what one person was shown.
			w.Header().Set("Cache-Control", "no-store")
		}
		if _, ok := bearer(r.Header); !ok {
			if err := protection.Check(r); err != nil {
				log.DebugContext(r.Context(), "cross-origin request refused", "path", r.URL.Path)
				refuse(w, r, http.StatusForbidden, fault.NewForbidden("cross_origin",
					"This request came from another site's page.", fault.Cause(err)))
				return
			}
		}
		// Connect would refuse it too, but without a reason. A frame's head is five bytes.
		if r.ContentLength > maxBody+5 && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/connect+") {
			refuse(w, r, http.StatusRequestEntityTooLarge, fault.NewLimited("request_too_large", "The request is too large.", 0,
				fault.Param("max_bytes", strconv.FormatInt(maxBody, 10))))
			return
		}
		next.ServeHTTP(w, r)
	}), nil
}

func setSecurityHeaders(h http.Header, client Client) {
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=()")
	if client.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}
