/** Words of a description to look for in the knowledge base: any of the longest few, in the syntax of SearchArticles. */
export function queryOf(description: string): string {
  const words = description.toLowerCase().match(/[\p{L}\p{N}]{4,40}/gu) ?? []
  const longest = [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, 5)
  let query = ''
  for (const word of longest) {
    const longer = query ? `${query} or ${word}` : word
    if (longer.length > 200) break
    query = longer
  }
  return query
}
