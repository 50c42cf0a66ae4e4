// Where a click on a notification leads: to the page that shows it already, to an open board, which goes there itself, or to a new tab.

/** What is asked of an open page: to go to an address of its app. It answers whether it went. */
export interface GoTo {
  utsendt: 'go'
  url: string
}

/** An open page, as much of a WindowClient as it takes. */
export interface OpenPage {
  url: string
  focus(): Promise<unknown>
}

/** The office has one board open all day, and would drown in tabs. */
const goesItself = (path: string): boolean => path === '/board' || path.startsWith('/board/')

/** Brings a path of this site to the front. ask is false where a page cannot go, or does not answer. */
export async function bringToFront<P extends OpenPage>(
  path: string,
  origin: string,
  pages: readonly P[],
  ask: (page: P, message: GoTo) => Promise<boolean>,
  openNew: (address: string) => Promise<unknown>,
): Promise<void> {
  const address = new URL(path, origin)
  const there = pages.find((page) => {
    const { pathname, search } = new URL(page.url)
    return pathname === address.pathname && search === address.search
  })
  if (there) {
    await there.focus()
    return
  }
  if (goesItself(address.pathname)) {
    const url = address.pathname + address.search
    for (const page of pages.filter((one) => goesItself(new URL(one.url).pathname))) {
      if (!(await ask(page, { utsendt: 'go', url }))) continue
      await page.focus()
      return
    }
  }
  await openNew(address.href)
}
