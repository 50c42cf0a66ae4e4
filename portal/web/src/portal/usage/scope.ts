import type { Meter } from '../../gen/utsendt/portal/v1/reading_service_pb.js'

/** What usage is shown of. */
export interface Choice {
  kind: 'fleet' | 'site' | 'device'
  /** The id of a site, or the serial number of a device. */
  id: string
  months: number
}

export const spans = [12, 24, 36]

/** What the address asks for: ?device=<serial>, ?site=<id>, &months=24; without, all devices for a year. */
export function choiceOf(query: string): Choice {
  const asked = new URLSearchParams(query)
  const device = asked.get('device') ?? asked.get('serial')
  const site = asked.get('site')
  const months = Number(asked.get('months'))
  return {
    kind: device ? 'device' : site ? 'site' : 'fleet',
    id: device || site || '',
    months: spans.includes(months) ? months : 12,
  }
}

/** The address of a choice, so that it can be kept and shared. */
export function addressOf(choice: Choice): string {
  const asked = new URLSearchParams()
  if (choice.kind !== 'fleet' && choice.id) asked.set(choice.kind, choice.id)
  if (choice.months !== 12) asked.set('months', String(choice.months))
  const text = asked.toString()
  return text ? `/usage?${text}` : '/usage'
}

/** The sites of some devices, by name. */
export function sitesOf(meters: Meter[]): { id: string; name: string }[] {
  const names = new Map(meters.map((one) => [one.siteId, one.siteName]))
  names.delete('')
  return [...names].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name))
}
