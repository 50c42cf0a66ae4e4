package webpage

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"

	"golang.org/x/text/language"
)

//go:embed style.css
var style string

// policy lets a page use its style and send its own forms, and nothing else but frames of our own.
var policy = strings.Join([]string{
	"default-src 'none'",
	"style-src 'sha256-" + hashOf(style) + "'",
	"form-action 'self'",
	"frame-src 'self'",
	"frame-ancestors 'none'",
	"base-uri 'none'",
}, "; ")

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Parse makes a page from a template of what stands in its <main>; "title" and "lang" are templates too:
//
//	{{define "lang"}}{{.Language}}{{end}}{{define "title"}}Mail{{end}}<h1>…</h1>
func Parse(content string) *template.Template {
	page := template.Must(template.New("content").Parse(content))
	return template.Must(page.New("page").Parse(`<!doctype html>
<html lang="{{template "lang" .}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{template "title" .}}</title>
<style>` + style + `</style>
</head>
<body>
<main>
{{template "content" .}}
</main>
</body>
</html>
`))
}

// Write answers with a page. A page that cannot be made is a mistake of ours and answered with 500.
func Write(w http.ResponseWriter, status int, page *template.Template, data any) {
	var body bytes.Buffer
	if err := page.ExecuteTemplate(&body, "page", data); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // it fails only when the reader is gone
}

var languages = language.NewMatcher([]language.Tag{language.MustParse("nb"), language.English})

// Language is "nb" or "en", whichever the browser likes better; Norwegian of any kind gets "nb".
func Language(r *http.Request) string {
	tag, _ := language.MatchStrings(languages, r.Header.Get("Accept-Language"))
	if base, _ := tag.Base(); base.String() == "en" {
		return "en"
	}
	return "nb"
}
