package web

import (
	"io/fs"
	"regexp"
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
	worker, err := fs.ReadFile(app, "sw.js")
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`(^|[;}\s])(import|export)\b`).Match(worker) {
		t.Error("sw.js imports or exports something: browsers that take no modules there would refuse it")
	}
}
