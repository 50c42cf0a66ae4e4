/** Pixels that a mouse moves before it is a carry and no click. */
const slack = 6
/** Milliseconds for which a finger rests before it takes something up, and how far it may tremble; more is scrolling. */
const rest = 450
const tremble = 10

export interface Hand {
  /** False when it was not taken up to be carried: the press is over. */
  lift(x: number, y: number): boolean
  move(x: number, y: number): void
  drop(): void
  cancel(): void
}

/**
 * One press of a mouse, pen or finger that may become a carry. A click stays a click and a swipe stays a swipe; once
 * something is carried the page neither scrolls nor selects text, Escape puts it back, and no click follows the drop.
 */
export class Press {
  private lifted = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly from: { x: number; y: number; id: number; touch: boolean }

  constructor(
    event: PointerEvent,
    private readonly node: HTMLElement | undefined,
    private readonly hand: Hand,
  ) {
    this.from = { x: event.clientX, y: event.clientY, id: event.pointerId, touch: event.pointerType === 'touch' }
    window.addEventListener('pointermove', this.moved)
    window.addEventListener('pointerup', this.released)
    window.addEventListener('pointercancel', this.cancelled)
    window.addEventListener('keydown', this.pressed, true)
    if (this.from.touch) {
      // Listened for from the start: a browser asks only those whether a finger's move may scroll.
      this.node?.addEventListener('touchmove', this.touched, { passive: false })
      window.addEventListener('contextmenu', this.still, true)
      this.timer = setTimeout(() => this.lift(this.from.x, this.from.y), rest)
    }
  }

  private lift(x: number, y: number) {
    if (!this.hand.lift(x, y)) return this.end()
    this.lifted = true
    document.documentElement.classList.add('carrying')
    getSelection()?.removeAllRanges()
  }

  private readonly moved = (event: PointerEvent) => {
    if (event.pointerId !== this.from.id) return
    if (this.lifted) {
      event.preventDefault()
      return this.hand.move(event.clientX, event.clientY)
    }
    const far = Math.hypot(event.clientX - this.from.x, event.clientY - this.from.y)
    if (this.from.touch ? far > tremble : far > slack) {
      if (this.from.touch) this.end()
      else this.lift(event.clientX, event.clientY)
    }
  }

  private readonly released = (event: PointerEvent) => {
    if (event.pointerId !== this.from.id) return
    const { lifted } = this
    this.end()
    if (!lifted) return
    swallowClick()
    this.hand.drop()
  }

  private readonly cancelled = (event: PointerEvent) => {
    if (event.pointerId === this.from.id) this.putBack()
  }

  private readonly pressed = (event: KeyboardEvent) => {
    if (!this.lifted || event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    this.putBack()
  }

  private readonly touched = (event: TouchEvent) => {
    if (this.lifted && event.cancelable) event.preventDefault()
  }

  private readonly still = (event: Event) => event.preventDefault()

  private putBack() {
    const { lifted } = this
    this.end()
    if (lifted) {
      swallowClick()
      this.hand.cancel()
    }
  }

  private end() {
    clearTimeout(this.timer)
    window.removeEventListener('pointermove', this.moved)
    window.removeEventListener('pointerup', this.released)
    window.removeEventListener('pointercancel', this.cancelled)
    window.removeEventListener('keydown', this.pressed, true)
    window.removeEventListener('contextmenu', this.still, true)
    this.node?.removeEventListener('touchmove', this.touched)
    document.documentElement.classList.remove('carrying')
  }
}

/** The click that a browser makes of a press and a release: a drop is none. */
function swallowClick() {
  const swallow = (event: Event) => {
    event.preventDefault()
    event.stopPropagation()
  }
  window.addEventListener('click', swallow, { capture: true, once: true })
  setTimeout(() => window.removeEventListener('click', swallow, true))
}
