// Dates, numbers and spans in words, by Intl. Pure: language, time zone and now are passed in.

const cache = new Map<string, unknown>()

/** Intl objects are dear to make: one for each language and set of options. */
function cached<T>(kind: string, language: string, options: object, make: () => T): T {
  const key = kind + language + JSON.stringify(options)
  let made = cache.get(key) as T | undefined
  if (made === undefined) cache.set(key, (made = make()))
  return made
}

function dateFormat(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  // British English: day before month, 24 hours. Bare "en" would be American.
  const tag = language === 'en' ? 'en-GB' : language
  return cached('date', tag, options, () => new Intl.DateTimeFormat(tag, options))
}

/** "14:32" */
export function formatTime(language: string, at: Date, timeZone?: string): string {
  return dateFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(at)
}

/** "Monday 3 March", with the year when it is not this one. */
export function formatDay(language: string, at: Date, now: Date, timeZone?: string): string {
  const year = yearOf(at, timeZone) === yearOf(now, timeZone) ? undefined : ('numeric' as const)
  return dateFormat(language, { weekday: 'long', day: 'numeric', month: 'long', year, timeZone }).format(at)
}

/** "3 March 2025": a day of any year. */
export function formatDate(language: string, at: Date, timeZone?: string): string {
  return dateFormat(language, { day: 'numeric', month: 'long', year: 'numeric', timeZone }).format(at)
}

/** "3 Mar, 14:32", with the year when it is not this one, and only the time when it is today. */
export function formatWhen(language: string, at: Date, now: Date, timeZone?: string): string {
  if (dayKey(at, timeZone) === dayKey(now, timeZone)) return formatTime(language, at, timeZone)
  const year = yearOf(at, timeZone) === yearOf(now, timeZone) ? undefined : ('numeric' as const)
  const day = dateFormat(language, { day: 'numeric', month: 'short', year, timeZone }).format(at)
  return `${day}, ${formatTime(language, at, timeZone)}`
}

/** "14:20–14:35", or with days when the ends are not of the same day or not today. */
export function formatRange(language: string, from: Date, to: Date, now: Date, timeZone?: string): string {
  const sameDay = dayKey(from, timeZone) === dayKey(to, timeZone)
  if (sameDay) return `${formatWhen(language, from, now, timeZone)}–${formatTime(language, to, timeZone)}`
  return `${formatWhen(language, from, now, timeZone)} – ${formatWhen(language, to, now, timeZone)}`
}

/** The whole moment, for titles and tables: "Monday 3 March 2025 at 14:32 CET". */
export function formatFull(language: string, at: Date, timeZone?: string): string {
  return dateFormat(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    timeZone,
  }).format(at)
}

let browserZone: string | undefined

/**
 * "CET", where clocks in the time zone show another time than those here; "" where they show the same, whatever the two are called. It
 * stands beside every time of a place, so that nobody takes it for their own.
 */
export function formatZone(language: string, at: Date, timeZone: string | undefined, here = (browserZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone)): string {
  if (timeZone === undefined || timeZone === here) return ''
  const shown = (zone: string) => dateFormat('en', { dateStyle: 'short', timeStyle: 'short', timeZone: zone }).format(at)
  if (shown(timeZone) === shown(here)) return ''
  const parts = dateFormat(language, { hour: '2-digit', timeZoneName: 'short', timeZone }).formatToParts(at)
  return parts.find((one) => one.type === 'timeZoneName')?.value ?? ''
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365.25 * 86400],
  ['month', 30.44 * 86400],
  ['week', 7 * 86400],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

/** "3 minutes ago", "in 2 hours". Seconds are positive in the past. Whole units, never rounded up. */
export function formatAgo(language: string, seconds: number): string {
  const size = Math.abs(seconds)
  const format = cached('relative', language, {}, () => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }))
  for (const [unit, length] of steps) {
    if (size >= length) return format.format(-Math.sign(seconds) * Math.floor(size / length), unit)
  }
  return format.format(0, 'second')
}

/** "1.2 km" or "350 m". Metres are rounded to ten from a hundred on: nothing here is more exact than that. */
export function formatDistance(language: string, metres: number): string {
  const [unit, value, digits] =
    metres >= 995
      ? (['kilometer', metres / 1000, metres < 9950 ? 1 : 0] as const)
      : (['meter', metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10, 0] as const)
  const options = { style: 'unit', unit, maximumFractionDigits: digits } as const
  return cached('number', language, options, () => new Intl.NumberFormat(language, options)).format(value)
}

/** "2 hr 5 min": a length of time in the two units that matter. */
export function formatSpan(language: string, seconds: number): string {
  const unit = (value: number, name: string): string => {
    const options = { style: 'unit', unit: name, unitDisplay: 'short' } as const
    return cached('number', language, options, () => new Intl.NumberFormat(language, options)).format(value)
  }
  if (seconds < 60) return unit(Math.max(0, Math.round(seconds)), 'second')
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return unit(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  if (hours >= 24) return unit(Math.round(hours / 24), 'day')
  return minutes % 60 === 0 ? unit(hours, 'hour') : `${unit(hours, 'hour')} ${unit(minutes % 60, 'minute')}`
}

function yearOf(at: Date, timeZone?: string): string {
  return dayKey(at, timeZone).slice(0, 4)
}

/** "2025-03-03" in the time zone. */
export function dayKey(at: Date, timeZone?: string): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit', timeZone } as const
  return cached('date', 'sv', options, () => new Intl.DateTimeFormat('sv', options)).format(at)
}
