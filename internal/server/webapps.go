package server

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"utsendt/portal/web"
)

// webApps serves the three web apps. A path that is no file is a page within an app, which the app itself shows: so a
// reload or a link from a message opens it.
func webApps() http.Handler {
	files, built := web.FS()
	if !built {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "This binary was built without the web apps. Run `make web`, then build it again.", http.StatusNotFound)
		})
	}
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Pages are read with GET.", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		switch info, err := fs.Stat(files, name); {
		case err == nil && !info.IsDir() && strings.HasPrefix(name, "assets/"):
			// The name holds a hash of the content: it never changes.
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		case err == nil && !info.IsDir() && !strings.HasSuffix(name, ".html"):
			w.Header().Set("Cache-Control", "no-cache")
		case name == "assets" || strings.HasPrefix(name, "assets/") || strings.HasPrefix(name, "utsendt.") || (path.Ext(name) != "" && !strings.Contains(name, "/")):
			// A file that is not there. Pages may have a dot in their last part: /report/AB.123.
			http.NotFound(w, r)
			return
		default:
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeFileFS(w, r, files, page(name))
			return
		}
		server.ServeHTTP(w, r)
	})
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
