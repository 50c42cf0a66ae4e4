package transfer

import (
	"fmt"
	"strings"
)

// Document gives the description of all files in Markdown, a table for each kind; docs/import.md holds it.
func Document() string {
	var b strings.Builder
	for _, t := range tables {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n| column | meaning | required | example |\n|---|---|---|---|\n", t.kind.FileName(), t.about)
		for _, c := range t.columns {
			needed := ""
			switch c.need {
			case key:
				needed = "yes, key"
			case required:
				needed = "yes"
			case optional:
			}
			fmt.Fprintf(&b, "| %s | %s | %s | `%s` |\n", c.name, strings.ReplaceAll(c.meaning, "|", `\|`), needed, strings.ReplaceAll(c.example, "|", `\|`))
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
