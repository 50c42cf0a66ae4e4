// Package knowledge is the knowledge base: articles in Markdown, in bokmål and English, for some models or for all, that
// customers search and staff write.
//
//	k := knowledge.New(db)
//	page, err := k.Search(ctx, knowledge.Query{Text: "papirstopp i skuff", Language: "nb"})
//	article, err := k.Read(ctx, "papirstopp", "nb")
//	html := knowledge.HTML(article.Text.Body)
//
//	edited, err := k.Create(ctx, actor, operationID, knowledge.Content{Slug: "papirstopp", …})
//
// Guarantees:
//
//   - Any text may be searched for: it finds something or nothing, and never fails (query.go says how it is read).
//   - Each language is searched with its own dictionary of PostgreSQL. What fits in another language than the one asked
//     for comes after everything else, and says so.
//   - What a search and HTML give is safe to show: snippets are parts of plain text, and HTML holds only what a text
//     needs, whatever the Markdown says.
//   - Texts are stored in one form (Tidy), which the database holds too, so that an export imports to the same bytes.
//   - What is withdrawn is in no list, no search and no guide of customers and technicians from that moment; staff keep it.
//   - Every change is in the audit trail, takes effect once for its operation, and is refused when somebody was faster.
package knowledge
