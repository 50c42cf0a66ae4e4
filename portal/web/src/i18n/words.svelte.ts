// What the server's values are called and how its moments are written, in the page's language.
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { FaultCategory, RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import type { Place, Window } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { serverNow } from '../api/clock.svelte'
import { formatDay, formatFull, formatRange, formatTime, formatWhen, formatZone } from './format'
import type { TextKey } from './language.svelte'
import { hasText, language, t } from './language.svelte'

/** The name of a state in catalogue keys and class names: "to_be_scheduled". */
export const stateNames: Record<RequestState, string> = {
  [RequestState.UNSPECIFIED]: 'unknown',
  [RequestState.TO_BE_SCHEDULED]: 'to_be_scheduled',
  [RequestState.DISPATCHED]: 'dispatched',
  [RequestState.EN_ROUTE]: 'en_route',
  [RequestState.ON_SITE]: 'on_site',
  [RequestState.COMPLETED]: 'completed',
  [RequestState.CANCELLED]: 'cancelled',
}

/** The seed's word for a state: "Utsendt". A state newer than this page is "unknown", never wrong. */
export function stateWord(state: RequestState): string {
  return t(`state.${stateNames[state] ?? 'unknown'}` as TextKey)
}

const categoryNames: Partial<Record<FaultCategory, TextKey>> = {
  [FaultCategory.PAPER_JAM]: 'category.paper_jam',
  [FaultCategory.PRINT_QUALITY]: 'category.print_quality',
  [FaultCategory.NOT_PRINTING]: 'category.not_printing',
  [FaultCategory.ERROR_CODE]: 'category.error_code',
  [FaultCategory.NOISE]: 'category.noise',
  [FaultCategory.SCANNING]: 'category.scanning',
  [FaultCategory.NETWORK]: 'category.network',
  [FaultCategory.FINISHING]: 'category.finishing',
  [FaultCategory.OTHER]: 'category.other',
}

export const categories = Object.keys(categoryNames).map(Number) as FaultCategory[]

export function categoryWord(category: FaultCategory): string {
  return t(categoryNames[category] ?? 'category.other')
}

/** A text by prefix and a name from the server; the name itself when there is no text for it. */
export function wordFor(prefix: string, name: string): string {
  const key = `${prefix}.${name}`
  return hasText(key) ? t(key) : name
}

export const isOpen = (state: RequestState): boolean =>
  state !== RequestState.COMPLETED && state !== RequestState.CANCELLED

/** Zones that were looked at, and whether this browser knows them: to find out is dear. */
const zones = new Map<string, boolean>()

/** The zone of a place; empty or unknown to this browser: the browser's own. */
export function zoneOf(place: Pick<Place, 'timeZone'> | undefined): string | undefined {
  const zone = place?.timeZone
  if (!zone) return undefined
  let known = zones.get(zone)
  if (known === undefined) zones.set(zone, (known = knows(zone)))
  return known ? zone : undefined
}

function knows(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }) !== undefined
  } catch {
    return false
  }
}

const now = () => new Date(serverNow())

/** A time with its zone, where the place's clock shows another time than this browser's. */
const zoned = (text: string, at: Timestamp, zone: string | undefined) => [text, formatZone(language(), timestampDate(at), zone)].filter(Boolean).join(' ')

export const time = (at: Timestamp, zone?: string) => zoned(formatTime(language(), timestampDate(at), zone), at, zone)
export const when = (at: Timestamp, zone?: string) => zoned(formatWhen(language(), timestampDate(at), now(), zone), at, zone)
export const day = (at: Timestamp, zone?: string) => formatDay(language(), timestampDate(at), now(), zone)
export const full = (at: Timestamp, zone?: string) => formatFull(language(), timestampDate(at), zone)
export const range = (from: Timestamp, to: Timestamp, zone?: string) =>
  zoned(formatRange(language(), timestampDate(from), timestampDate(to), now(), zone), from, zone)

export function windowWords(window: Window | undefined, zone?: string): string {
  return window?.start && window.end ? range(window.start, window.end, zone) : ''
}

/** "Storgata 1, 0155 Oslo" */
export function addressLine(place: Place | undefined): string {
  if (!place) return ''
  return [place.line1, place.line2, place.line3, `${place.postalCode} ${place.city}`.trim()].filter(Boolean).join(', ')
}

/** What a device is called: the customer's own name, else the model. */
export function deviceName(device: { friendlyName: string; model: string; serialNumber: string } | undefined): string {
  return device ? device.friendlyName || device.model || device.serialNumber : ''
}

/** For the datetime attribute. */
export const iso = (at: Timestamp) => timestampDate(at).toISOString()
