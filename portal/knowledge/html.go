package knowledge

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// markdown leaves out raw HTML and addresses such as javascript: by itself; the policy is the second lock.
var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))

var policy = safePolicy()

// safePolicy allows the elements of a text, and links that lead somewhere harmless. No attribute but href passes, so
// there are no styles, classes, ids or scripts, and no images that would tell another server who reads.
func safePolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "del", "code", "pre",
		"blockquote", "hr", "br", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true) // and so rel="noopener"
	return p
}

// HTML gives Markdown as HTML that is safe to show: see safePolicy. It takes any text.
func HTML(body string) (string, error) {
	var out bytes.Buffer
	if err := markdown.Convert([]byte(strings.ToValidUTF8(body, "\uFFFD")), &out); err != nil {
		return "", fmt.Errorf("knowledge: rendering Markdown: %w", err)
	}
	return policy.SanitizeReader(&out).String(), nil
}
