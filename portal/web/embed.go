package web

import (
	"embed"
	"io/fs"
)

// dist holds a .gitignore and, after a web build, the folder app.
//
//go:embed all:dist
var dist embed.FS

// FS gives the built web apps with index.html at the root. built is false, and the file system empty, when
// the binary was made without a web build.
func FS() (app fs.FS, built bool) {
	sub, err := fs.Sub(dist, "dist/app")
	if err != nil {
		panic(err) // The path is a valid constant: fs.Sub cannot refuse it.
	}
	if _, err := fs.Stat(sub, "index.html"); err != nil {
		return sub, false
	}
	return sub, true
}
