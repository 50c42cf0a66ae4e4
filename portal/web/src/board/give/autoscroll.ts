/** How near to an edge, in pixels, a carried thing scrolls what it is over. */
const edge = 56

/** While something is carried, scrolls the list under the pointer when it is near the list's upper or lower edge. */
export class Autoscroll {
  private frame = 0

  start(where: () => { x: number; y: number }): void {
    this.stop()
    const turn = () => {
      const { x, y } = where()
      const list = scrollable(document.elementFromPoint(x, y))
      if (list) {
        const { top, bottom } = list.getBoundingClientRect()
        const over = Math.max(0, edge - (y - top)) - Math.max(0, edge - (bottom - y))
        if (over !== 0) list.scrollTop -= over / 4
      }
      this.frame = requestAnimationFrame(turn)
    }
    this.frame = requestAnimationFrame(turn)
  }

  stop(): void {
    cancelAnimationFrame(this.frame)
  }
}

function scrollable(from: Element | null): Element | undefined {
  for (let one = from; one && one !== document.documentElement; one = one.parentElement) {
    if (one.scrollHeight > one.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(one).overflowY)) return one
  }
  return undefined
}
