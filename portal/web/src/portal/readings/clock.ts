// A reading is told by the clock where its printer stands, which need not be that of whoever types it.
import { momentOf } from '../../i18n/walltime'
import { zoneOf } from '../../i18n/words.svelte'

const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The zone of the clock where a printer stands; this browser's where that is not known. */
export function clockOf(meter: { timeZone: string }): string {
  return zoneOf(meter) ?? browserZone()
}

/** What is to be said beside a time that is typed: by which clock it is. */
export type ClockNote = { zone: string } | 'several' | undefined

/**
 * By whose clock a time is, where that is not the clock that people here look at: one zone that shows another time than here,
 * or several that do not show the same. Zones of other names that show the same time are no news.
 */
export function clockNote(zones: string[], at: Date, here = browserZone()): ClockNote {
  const shown = (zone: string) => wall(at, zone)
  const others = zones.filter((zone) => shown(zone) !== shown(here))
  const [first] = others
  if (first === undefined) return undefined
  return zones.every((zone) => shown(zone) === shown(first)) ? { zone: first.replaceAll('_', ' ') } : 'several'
}

/** The moment at which the clock beside each printer shows a day and a time; undefined when either is malformed. */
export function momentsOf(day: string, time: string, zones: string[]): Date[] | undefined {
  const moments = zones.map((zone) => momentOf(day, time, zone))
  return moments.every((one) => one !== undefined) ? moments : undefined
}

function wall(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'short', timeStyle: 'short', timeZone }).format(at)
}
