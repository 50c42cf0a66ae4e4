// The geometry of a chart of pages a month.

/** The next round number at or above a value: 1, 2, 2.5 or 5 with noughts. The top of an axis. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= value - 1e-9) ?? 10
  return Math.max(1, step * power)
}

/** Ticks of an axis from nought to its top: four steps, or fewer where pages are few. */
export function ticksTo(top: number): number[] {
  const steps = top % 4 === 0 || top >= 100 ? 4 : top % 5 === 0 ? 5 : 1
  return Array.from({ length: steps + 1 }, (_, i) => (top * i) / steps)
}

/** How many labels to leave out so that those that stay have room. */
export function labelEvery(columns: number, width: number, room: number): number {
  return Math.max(1, Math.ceil((columns * room) / Math.max(1, width)))
}
