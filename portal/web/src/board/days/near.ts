/** How far outside a list's window, in pixels, its items are made ready. */
const margin = 600

/** Tells the items of a long list when they are near its window, so that only those are drawn in full. */
export class Near {
  private readonly callbacks = new Map<Element, (near: boolean) => void>()
  private readonly observer: IntersectionObserver

  constructor(list: HTMLElement) {
    this.observer = new IntersectionObserver(
      (entries) => {
        for (const one of entries) this.callbacks.get(one.target)?.(one.isIntersecting)
      },
      { root: list, rootMargin: `${margin}px 0px` },
    )
  }

  /** Calls back at each change; the result ends it. */
  watch(item: HTMLElement, callback: (near: boolean) => void): () => void {
    this.callbacks.set(item, callback)
    this.observer.observe(item)
    return () => {
      this.callbacks.delete(item)
      this.observer.unobserve(item)
    }
  }

  stop(): void {
    this.observer.disconnect()
  }
}
