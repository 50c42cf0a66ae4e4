import { createSubscriber } from 'svelte/reactivity'

let ahead = 0

/** Takes note of the server's clock from a response's Date header, which counts whole seconds. */
export function noteServerDate(header: string | null, received = Date.now()): void {
  if (!header) return
  const server = Date.parse(header)
  if (Number.isNaN(server)) return
  const difference = server + 500 - received
  // Within two seconds it is the header's own coarseness and the way here: not worth a jump.
  ahead = Math.abs(difference) > 2000 ? difference : 0
}

/** The server's present time in milliseconds, as well as this browser knows it. */
export function serverNow(): number {
  return Date.now() + ahead
}

/** A moment that was noted by this device's clock, by the server's: in milliseconds both. */
export function serverTimeOf(noted: number): number {
  return noted + ahead
}

const everySecond = createSubscriber((update) => {
  const timer = setInterval(update, 1000)
  return () => clearInterval(timer)
})

/** The server's present time; whoever reads it in a component is asked again each second. */
export function tickingNow(): number {
  everySecond()
  return serverNow()
}
