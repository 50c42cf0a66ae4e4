/** Lines drawn with a finger, a pen or a mouse: dark on white, in any colours of the page. */
export class Strokes {
  private readonly context: CanvasRenderingContext2D | null
  private from: { x: number; y: number } | undefined
  private readonly listening = new AbortController()

  constructor(
    private readonly canvas: HTMLCanvasElement,
    drawn: () => void,
  ) {
    this.context = canvas.getContext('2d')
    this.clear()
    const { signal } = this.listening
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId)
      this.from = this.at(event)
      this.line(this.from)
      drawn()
    }, { signal })
    canvas.addEventListener('pointermove', (event) => {
      if (!this.from) return
      // All points since the last event, or quick curves become corners.
      const events = event.getCoalescedEvents?.() ?? []
      for (const one of events.length > 0 ? events : [event]) this.line(this.at(one))
    }, { signal })
    for (const name of ['pointerup', 'pointercancel'] as const) canvas.addEventListener(name, () => (this.from = undefined), { signal })
  }

  clear(): void {
    if (!this.context) return
    this.context.fillStyle = '#fff'
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height)
  }

  /** As a PNG. */
  picture(): Promise<Blob> {
    return new Promise((resolve, reject) => this.canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'))
  }

  end(): void {
    this.listening.abort()
  }

  private line(to: { x: number; y: number }): void {
    const { context, from } = this
    if (!context || !from) return
    context.strokeStyle = '#14212b'
    context.lineWidth = 5
    context.lineCap = context.lineJoin = 'round'
    context.beginPath()
    context.moveTo(from.x, from.y)
    context.lineTo(to.x, to.y)
    context.stroke()
    this.from = to
  }

  private at(event: PointerEvent): { x: number; y: number } {
    const box = this.canvas.getBoundingClientRect()
    return { x: ((event.clientX - box.left) / box.width) * this.canvas.width, y: ((event.clientY - box.top) / box.height) * this.canvas.height }
  }
}
