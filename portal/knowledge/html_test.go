package knowledge_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"utsendt/portal/knowledge"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"## Slik\n\n1. **Åpne** `dekselet`\n2. Lukk": "<h2>Slik</h2>\n<ol>\n<li><strong>Åpne</strong> <code>dekselet</code></li>\n<li>Lukk</li>\n</ol>\n",
		"| a | b |\n|---|---|\n| 1 | 2 |":            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n",
		"[ut](https://example.com/a?b=1&c=2)":        `<p><a href="https://example.com/a?b=1&amp;c=2" rel="nofollow noreferrer noopener" target="_blank">ut</a></p>` + "\n",
		"[inn](/help/teller)":                        `<p><a href="/help/teller" rel="nofollow noreferrer">inn</a></p>` + "\n",
		"![x](https://example.com/p.png)":            "<p></p>\n",
		"<b onclick=x>a</b>":                         "<p>a</p>\n",
	} {
		if got, err := knowledge.HTML(in); err != nil || got != want {
			t.Errorf("%q:\n%q\nwant\n%q (%v)", in, got, want, err)
		}
	}
}

// element is one tag of HTML with its attributes.
var (
	element   = regexp.MustCompile(`<(/?)([a-zA-Z0-9]+)([^<>]*)>`)
	attribute = regexp.MustCompile(`\s([a-zA-Z-]+)="([^"<>]*)"`)
)

// harmless fails unless HTML holds only elements of text and links that lead nowhere dangerous.
func harmless(t *testing.T, in, html string) {
	t.Helper()
	allowed := []string{"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "del", "code", "pre", "blockquote", "hr", "br", "a",
		"table", "thead", "tbody", "tr", "th", "td"}
	for _, tag := range element.FindAllStringSubmatch(html, -1) {
		if !slices.Contains(allowed, tag[2]) {
			t.Errorf("%q lets %s through: %q", in, tag[2], html)
		}
		for _, a := range attribute.FindAllStringSubmatch(tag[3], -1) {
			scheme, _, has := strings.Cut(a[2], ":")
			switch {
			case tag[2] != "a" || !slices.Contains([]string{"href", "rel", "target"}, a[1]):
				t.Errorf("%q lets the attribute %s of %s through: %q", in, a[1], tag[2], html)
			case a[1] == "href" && has && !strings.ContainsAny(scheme, "/?#.") && !slices.Contains([]string{"http", "https", "mailto", "tel"}, strings.ToLower(scheme)):
				t.Errorf("%q lets a link to %q through", in, a[2])
			}
		}
		if rest := attribute.ReplaceAllString(tag[3], ""); strings.Trim(rest, " /") != "" {
			t.Errorf("%q: the element %q", in, tag[0])
		}
	}
	if rest := element.ReplaceAllString(html, ""); strings.ContainsAny(rest, "<>") {
		t.Errorf("%q leaves %q", in, rest)
	}
}

func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"<script>alert(1)</script>", "[x](javascript:alert(1))", "[x](JaVaScript&#58;alert(1))", "<a href='x' onmouseover=alert(1)>", "![](x\" onerror=alert(1))",
		"<svg/onload=alert(1)>", "[a](data:text/html,<script>)", "<style>*{}</style>", "[x]: javascript:a\n[x]", "<javascript:alert(1)>", "`<b>`", "&lt;script&gt;",
		"[x](vbscript:x)", "<math><mi xlink:href=javascript:x>", "<iframe src=x>", "# a {onclick=x}", "\x00<b>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		html, err := knowledge.HTML(in)
		if err != nil {
			t.Fatalf("%q: %v", in, err)
		}
		harmless(t, in, html)
	})
}
