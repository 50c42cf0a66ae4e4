/** What an entry of the browser's history remembers of its page: how far it was scrolled, and what the page itself keeps there. */
interface Remembered {
  scroll?: number
  kept?: Record<string, unknown>
}

const rememberedHere = (): Remembered => (history.state as Remembered | null) ?? {}

/** Where in the app we are. Links are plain <a href>; those within the app do not load the page anew. */
class Route {
  path = $state(globalThis.location?.pathname ?? '/')
  query = $state(globalThis.location?.search ?? '')
  /** False until the first move within the app: the first page must not steal the focus. */
  moved = $state(false)

  /** Follows links under this folder ("" for the root) until the page is left. */
  start(folder: string, others: string[] = []): void {
    // The browser would scroll before the page is there.
    history.scrollRestoration = 'manual'
    window.addEventListener('popstate', () => {
      const within = this.path === location.pathname && this.query === location.search && location.hash !== ''
      this.read()
      if (!within) this.scrollBack() // To a place on the same page the browser goes itself.
    })
    let timer: ReturnType<typeof setTimeout> | undefined
    window.addEventListener('scroll', () => {
      if (this.goingBack) return
      clearTimeout(timer)
      timer = setTimeout(() => this.rememberScroll(), 150)
    })
    window.addEventListener('pagehide', () => this.rememberScroll())
    this.scrollBack()
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
    if (to !== location.pathname + location.search) {
      this.rememberScroll()
      history.pushState(null, '', to)
    }
    this.goingBack?.abort()
    this.read()
    window.scrollTo(0, 0)
  }

  /** As go, but in place of the present address: the back button leads to the one before it. */
  replace(to: string): void {
    history.replaceState(null, '', to)
    this.read()
  }

  /** Keeps something with this entry of the history: whoever comes back to it, or reloads, finds it by kept. */
  keep(name: string, value: unknown): void {
    const now = rememberedHere()
    history.replaceState({ ...now, kept: { ...now.kept, [name]: $state.snapshot(value) } }, '') // the history holds no proxies
  }

  /** What keep kept with this entry under the name; undefined when nothing was. It is of the page's own kind, or of a former version's. */
  kept(name: string): unknown {
    return rememberedHere().kept?.[name]
  }

  private goingBack: AbortController | undefined

  private rememberScroll(): void {
    if (this.goingBack) return
    const scroll = Math.round(window.scrollY)
    if (scroll !== (rememberedHere().scroll ?? 0)) history.replaceState({ ...rememberedHere(), scroll }, '')
  }

  /** Scrolls to where this entry was left, as soon as the page is long enough again; not against whoever scrolls meanwhile. */
  private scrollBack(): void {
    this.goingBack?.abort()
    const to = rememberedHere().scroll ?? 0
    if (to === 0) {
      this.goingBack = undefined
      if (this.moved) window.scrollTo(0, 0)
      return
    }
    const back = (this.goingBack = new AbortController())
    const { signal } = back
    const grown = new ResizeObserver(() => {
      window.scrollTo(0, to)
      if (Math.abs(window.scrollY - to) < 2) back.abort()
    })
    signal.addEventListener('abort', () => {
      grown.disconnect()
      if (this.goingBack === back) this.goingBack = undefined
    })
    for (const own of ['wheel', 'touchstart', 'keydown', 'pointerdown']) window.addEventListener(own, () => back.abort(), { signal, passive: true })
    setTimeout(() => back.abort(), 5000)
    grown.observe(document.body)
  }

  private read(): void {
    this.moved = true
    this.path = location.pathname
    this.query = location.search
  }
}

export const route = new Route()
