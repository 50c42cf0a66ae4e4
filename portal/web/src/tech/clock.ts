import { tickingNow } from '../api/clock.svelte'

/** Less than this is not worth a word. Milliseconds. */
const worth = 2 * 60_000

/** Asked again each second by the component that reads it. How far this phone's clock is ahead of the server's, in seconds, negative when behind; undefined when it is right or not known. */
export function clockError(): number | undefined {
  const ahead = Date.now() - tickingNow()
  return Math.abs(ahead) > worth ? Math.round(ahead / 1000) : undefined
}
