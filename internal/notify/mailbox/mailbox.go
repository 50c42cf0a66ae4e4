package mailbox

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"utsendt/internal/notify/webpage"
)

// Path is where the list is; a mail is below it, by the name of its file.
const Path = "/demo/mail"

// perPage is how many mails a page of the list has.
const perPage = 50

//go:embed texts/*.json list.html.tmpl letter.html.tmpl
var files embed.FS

var (
	listPage   = webpage.Parse(source("list.html.tmpl"))
	letterPage = webpage.Parse(source("letter.html.tmpl"))
	words      = map[string]map[string]string{"nb": readWords("nb"), "en": readWords("en")}
)

// What is embedded is ours: a mistake in it shows at once, in every test.
func source(name string) string {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(content)
}

func readWords(lang string) map[string]string {
	var texts map[string]string
	if err := json.Unmarshal([]byte(source("texts/"+lang+".json")), &texts); err != nil {
		panic(err)
	}
	return texts
}

// Box shows one folder.
type Box struct{ root *os.Root }

// Open opens a folder, which must be there; the demo keeps it open as long as it runs.
func Open(folder string) (*Box, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("mailbox: opening the folder for mails: %w", err)
	}
	return &Box{root}, nil
}

// view is what both pages are made of.
type view struct {
	Language string
	Words    map[string]string
	Path     string
	Letters  []letter
	Letter   letter
	// Newer and Older are pages of the list; 0 where there is none.
	Newer, Older int
	Problem      string
}

// fileName is what a mail in the folder may be called.
var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,120}\.eml$`)

// ServeHTTP serves the list at Path, a mail at Path/name.eml, and its HTML part at Path/name.eml/html.
func (b *Box) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	lang := webpage.Language(r)
	v := view{Language: lang, Words: words[lang], Path: Path}
	rest := strings.Trim(strings.TrimPrefix(r.URL.Path, Path), "/")
	if rest == "" {
		b.serveList(w, r, v)
		return
	}
	name, html := strings.CutSuffix(rest, "/html")
	letter, err := b.read(name, false)
	switch {
	case err != nil:
		v.Problem = v.Words["missing"]
		webpage.Write(w, http.StatusNotFound, listPage, v)
	case html:
		serveHTML(w, letter)
	default:
		v.Letter = letter
		webpage.Write(w, http.StatusOK, letterPage, v)
	}
}

func (b *Box) read(name string, headsAlone bool) (letter, error) {
	if !fileName.MatchString(name) {
		return letter{}, fs.ErrNotExist
	}
	file, err := b.root.Open(name)
	if err != nil {
		return letter{}, err
	}
	defer file.Close()
	return readLetter(name, file, headsAlone)
}

// serveHTML gives the HTML part as it is. It may do nothing: no scripts, forms, images, or anything from elsewhere.
func serveHTML(w http.ResponseWriter, l letter) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "+
		"base-uri 'none'; form-action 'none'")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(l.HTML)) // it fails only when the reader is gone
}

func (b *Box) serveList(w http.ResponseWriter, r *http.Request, v view) {
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	names, err := b.newest()
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	from := min((page-1)*perPage, len(names))
	to := min(from+perPage, len(names))
	for _, name := range names[from:to] {
		if letter, err := b.read(name, true); err == nil { // one that has just been removed is none
			v.Letters = append(v.Letters, letter)
		}
	}
	if page > 1 {
		v.Newer = page - 1
	}
	if to < len(names) {
		v.Older = page + 1
	}
	webpage.Write(w, http.StatusOK, listPage, v)
}

// newest gives the names of all mails, the newest first.
func (b *Box) newest() ([]string, error) {
	entries, err := fs.ReadDir(b.root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("mailbox: reading the folder for mails: %w", err)
	}
	type file struct {
		name string
		at   int64
	}
	var found []file
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && info.Mode().IsRegular() && fileName.MatchString(entry.Name()) {
			found = append(found, file{entry.Name(), info.ModTime().UnixNano()})
		}
	}
	slices.SortFunc(found, func(a, b file) int {
		if a.at != b.at {
			return int(min(max(b.at-a.at, -1), 1))
		}
		return strings.Compare(b.name, a.name)
	})
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = f.name
	}
	return names, nil
}

// Close closes the folder.
func (b *Box) Close() error { return b.root.Close() }
