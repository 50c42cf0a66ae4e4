const firstWait = 500
const longestWait = 20_000

/**
 * Milliseconds before the attempt after this many failures: doubling from half a second to 20 seconds, of
 * which a random half is taken off, so that the pages of a restarted server do not all come back at once.
 */
export function backOff(failures: number, random: number): number {
  const full = Math.min(longestWait, firstWait * 2 ** Math.max(0, failures - 1))
  return Math.round(full * (0.5 + random / 2))
}
