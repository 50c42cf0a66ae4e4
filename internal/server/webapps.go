package server

import (
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"utsendt/portal/web"
)

// webApps serves the three web apps. A path that is no file is a page within an app, which the app itself shows: so a
// reload or a link from a message opens it. api answers the calls that a page begins with.
func webApps(api http.Handler) (http.Handler, error) {
	files, built := web.FS()
	if !built {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "This binary was built without the web apps. Run `make web`, then build it again.", http.StatusNotFound)
		}), nil
	}
	first, err := newFirstPage(files, api)
	if err != nil {
		return nil, fmt.Errorf("the web apps' build: %w", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Pages are read with GET.", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		caching := "no-cache"
		switch info, err := fs.Stat(files, name); {
		case err == nil && !info.IsDir() && strings.HasPrefix(name, "assets/"):
			// The name holds a hash of the content: it never changes.
			caching = "public, max-age=31536000, immutable"
		case err == nil && !info.IsDir() && !strings.HasSuffix(name, ".html"):
		case name == "assets" || strings.HasPrefix(name, "assets/") || strings.HasPrefix(name, "utsendt.") || (path.Ext(name) != "" && !strings.Contains(name, "/")):
			// A file that is not there. Pages may have a dot in their last part: /report/AB.123.
			http.NotFound(w, r)
			return
		default:
			if name == followPage {
				// Whoever has such a link may follow: it is not for search engines, nor for pages that are gone to from it.
				w.Header().Set("X-Robots-Tag", "noindex, nofollow")
				w.Header().Set("Referrer-Policy", "no-referrer")
			}
			if pattern, id, ok := first.known(name); ok {
				first.serve(w, r, pattern, id)
				return
			}
			name = page(name)
		}
		w.Header().Set("Cache-Control", caching)
		serveFile(w, r, files, name)
	}), nil
}

// followPage is where shared links lead; see package portal/tracking.
const followPage = "follow"

// serveFile serves a file in the smallest form that the client takes. The build lays a Brotli and a gzip form beside every
// file of text.
func serveFile(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	w.Header().Add("Vary", "Accept-Encoding")
	for _, form := range []struct{ coding, end string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !accepts(r.Header.Values("Accept-Encoding"), form.coding) {
			continue
		}
		content, err := fs.ReadFile(files, name+form.end)
		if err != nil {
			continue // It is no text, or too small to gain.
		}
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		w.Header().Set("Content-Encoding", form.coding)
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(content) // Whoever went away needs no answer.
		}
		return
	}
	if path.Ext(name) == ".webmanifest" {
		// Not in every system's table of types, and nosniff forbids guessing.
		w.Header().Set("Content-Type", "application/manifest+json")
	}
	http.ServeFileFS(w, r, files, name)
}

// accepts reports whether an Accept-Encoding names a coding without refusing it by a quality of zero. RFC 9110, 12.5.3.
func accepts(headers []string, coding string) bool {
	for one := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		name, quality, weighted := strings.Cut(strings.ReplaceAll(strings.ToLower(one), " ", ""), ";q=")
		if name != coding {
			continue
		}
		q, err := strconv.ParseFloat(quality, 64)
		return !weighted || err == nil && q > 0
	}
	return false
}

// page is the entrance that a path belongs to.
func page(name string) string {
	for _, app := range []string{"board", "tech"} {
		if name == app || strings.HasPrefix(name, app+"/") {
			return app + "/index.html"
		}
	}
	return "index.html"
}
