/** Where in the app we are. Links are plain <a href>; those within the app do not load the page anew. */
class Route {
  path = $state(globalThis.location?.pathname ?? '/')
  query = $state(globalThis.location?.search ?? '')
  /** False until the first move within the app: the first page must not steal the focus. */
  moved = $state(false)

  /** Follows links under this folder ("" for the root) until the page is left. */
  start(folder: string, others: string[] = []): void {
    window.addEventListener('popstate', () => this.read())
    document.addEventListener('click', (event) => {
      if (event.defaultPrevented || event.button !== 0) return
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      const link = (event.target as Element | null)?.closest?.('a[href]') as HTMLAnchorElement | null
      if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
      if (!link.pathname.startsWith(`${folder}/`) && link.pathname !== folder) return
      if (others.some((other) => link.pathname === other || link.pathname.startsWith(`${other}/`))) return
      if (link.hash && link.pathname === location.pathname) return
      event.preventDefault()
      this.go(link.pathname + link.search)
    })
  }

  go(to: string): void {
    if (to !== location.pathname + location.search) history.pushState(null, '', to)
    this.read()
    window.scrollTo(0, 0)
  }

  /** As go, but in place of the present address: the back button leads to the one before it. */
  replace(to: string): void {
    history.replaceState(null, '', to)
    this.read()
  }

  private read(): void {
    this.moved = true
    this.path = location.pathname
    this.query = location.search
  }
}

export const route = new Route()
