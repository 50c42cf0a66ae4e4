import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { timestampDate } from '@bufbuild/protobuf/wkt'

const format = (language: string, timeZone?: string) =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { day: 'numeric', month: 'short', year: 'numeric', timeZone })

/** "3 Mar 2027": the day of a moment at a place. */
export function dateOf(language: string, at: Timestamp, timeZone?: string): string {
  return format(language, timeZone).format(timestampDate(at))
}

/** "31 Jan 2026" of "2026-01-31"; what is no day stays as it is. */
export function dateOfKey(language: string, day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(at) ? format(language, 'UTC').format(at) : day
}
