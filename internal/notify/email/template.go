package email

import (
	_ "embed"
	html "html/template"
	text "text/template"
)

var (
	//go:embed message.txt.tmpl
	textSource string
	//go:embed message.html.tmpl
	htmlSource string

	textTemplate = text.Must(text.New("text").Parse(textSource))
	htmlTemplate = html.Must(html.New("html").Parse(htmlSource))
)
