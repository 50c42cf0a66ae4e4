package web

import (
	"io/fs"
	"testing"
)

// Whoever serves the files relies on these names; a build that lacks one of them is broken.
func TestBuiltAppsAreWhole(t *testing.T) {
	t.Parallel()
	app, built := FS()
	if !built {
		t.Skip("the web apps are not built: run npm run build in portal/web")
	}
	for _, name := range []string{"index.html", "board/index.html", "tech/index.html", "sw.js", "manifest.webmanifest"} {
		if _, err := fs.Stat(app, name); err != nil {
			t.Errorf("the build lacks %s: %v", name, err)
		}
	}
}
