// A time on the wall of a place, and the moment it stands for.

/** How many minutes the zone is ahead of UTC at this moment. */
function offsetMinutes(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(at)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return Math.round((wall - Math.floor(at.getTime() / 1000) * 1000) / 60000)
}

/**
 * The moment when the clock at the place shows this day ("2025-03-03") and time ("08:30"); undefined when
 * either is malformed. A time that a change of clocks skips is taken as the same time by the old offset
 * (an hour later on the wall); one that comes twice is the first.
 */
export function momentOf(day: string, time: string, timeZone: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !/^\d{2}:\d{2}$/.test(time)) return undefined
  const wall = Date.parse(`${day}T${time}:00Z`)
  if (Number.isNaN(wall)) return undefined
  const before = offsetMinutes(new Date(wall - 86_400_000), timeZone)
  const after = offsetMinutes(new Date(wall + 86_400_000), timeZone)
  const first = new Date(wall - before * 60_000)
  if (before === after || offsetMinutes(first, timeZone) === before) return first
  const second = new Date(wall - after * 60_000)
  return offsetMinutes(second, timeZone) === after ? second : first
}
