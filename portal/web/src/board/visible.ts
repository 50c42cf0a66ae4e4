/** Rows of one height in a box that scrolls: which of them must be in the page. */
export interface Visible {
  first: number
  /** After the last. */
  end: number
}

/** The rows that are seen, with some more above and below so that scrolling never shows a gap. */
export function visibleRows(scrollTop: number, height: number, rowHeight: number, count: number, more = 8): Visible {
  if (rowHeight <= 0 || count === 0) return { first: 0, end: 0 }
  const top = Math.min(Math.max(0, scrollTop), Math.max(0, count * rowHeight - height))
  return {
    first: Math.max(0, Math.floor(top / rowHeight) - more),
    end: Math.min(count, Math.ceil((top + height) / rowHeight) + more),
  }
}

/** Where the box must be scrolled to so that a row is seen whole; where it is, when it already is. */
export function scrollTo(index: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = index * rowHeight
  if (top < scrollTop) return top
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height
  return scrollTop
}

/** Which row a key leads to; undefined for other keys. */
export function rowByKey(key: string, index: number, page: number, count: number): number | undefined {
  const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: count - 1, PageDown: index + page, PageUp: index - page }[key]
  return to === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, to))
}
