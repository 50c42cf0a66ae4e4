// The fleet's things as forms hold them, and back again.
import type { Account, Contract, Device, Model, Site } from '../../gen/utsendt/backoffice/v1/fleet_service_pb.js'
import type { Read } from '../form/Editor.svelte'
import type { Draft } from '../form/spec'
import { numberOf } from '../form/spec'

const text = (draft: Draft, name: string) => String(draft[name] ?? '').trim()
const words = (draft: Draft, name: string) => (Array.isArray(draft[name]) ? (draft[name] as string[]) : [])
const shown = (value: number | undefined) => (value === undefined ? '' : String(value))

export function accountRead(one: Account | undefined): Read {
  const fields = one?.fields
  return {
    revision: one?.revision ?? '',
    draft: { number: fields?.number ?? '', name: fields?.name ?? '', country: fields?.country ?? 'NO', language: fields?.language ?? 'nb' },
  }
}
export const accountFields = (draft: Draft) => ({ number: text(draft, 'number'), name: text(draft, 'name'), country: text(draft, 'country'), language: text(draft, 'language') })

export function siteRead(one: Site | undefined): Read {
  const fields = one?.fields
  return {
    revision: one?.revision ?? '',
    draft: {
      number: fields?.number ?? '',
      name: fields?.name ?? '',
      line1: fields?.line1 ?? '',
      line2: fields?.line2 ?? '',
      line3: fields?.line3 ?? '',
      postal_code: fields?.postalCode ?? '',
      city: fields?.city ?? '',
      country: fields?.country ?? 'NO',
      latitude: shown(fields?.latitude),
      longitude: shown(fields?.longitude),
      quality: fields?.quality || 'none',
      time_zone: fields?.timeZone ?? 'Europe/Oslo',
      notes: fields?.notes ?? '',
    },
  }
}
export function siteFields(draft: Draft, accountId: string) {
  const [latitude, longitude] = [numberOf(draft.latitude), numberOf(draft.longitude)]
  return {
    accountId,
    number: text(draft, 'number'),
    name: text(draft, 'name'),
    line1: text(draft, 'line1'),
    line2: text(draft, 'line2'),
    line3: text(draft, 'line3'),
    postalCode: text(draft, 'postal_code'),
    city: text(draft, 'city'),
    country: text(draft, 'country'),
    // A position that is typed in where there was none is as exact as whoever types it says; without one there is none.
    quality: latitude === undefined && longitude === undefined ? 'none' : text(draft, 'quality') === 'none' ? 'street' : text(draft, 'quality'),
    timeZone: text(draft, 'time_zone'),
    notes: text(draft, 'notes'),
    ...(latitude !== undefined && { latitude }),
    ...(longitude !== undefined && { longitude }),
  }
}

export function modelRead(one: Model | undefined): Read {
  const fields = one?.fields
  return {
    revision: one?.revision ?? '',
    draft: {
      name: fields?.name ?? '',
      skills: [...(fields?.skills ?? [])],
      colour: fields?.colour ?? false,
      counters: [...(fields?.counters ?? ['black'])],
      pages_per_minute: shown(fields?.pagesPerMinute),
      categories: (fields?.categories ?? []).map(String),
    },
  }
}
export const modelFields = (draft: Draft) => ({
  name: text(draft, 'name'),
  skills: words(draft, 'skills'),
  colour: draft.colour === true,
  counters: words(draft, 'counters'),
  pagesPerMinute: Math.round(numberOf(draft.pages_per_minute) ?? 0),
  categories: words(draft, 'categories').map(Number),
})

export function contractRead(one: Contract | undefined): Read {
  const fields = one?.fields
  return {
    revision: one?.revision ?? '',
    draft: {
      number: fields?.number ?? '',
      starts_on: fields?.startsOn ?? '',
      ends_on: fields?.endsOn ?? '',
      response_hours: shown(fields?.responseHours),
      resolution_hours: shown(fields?.resolutionHours),
      reading_months: String(fields?.readingMonths ?? 1),
      supply_kinds: [...(fields?.supplyKinds ?? [])],
    },
  }
}
export function contractFields(draft: Draft, accountId: string) {
  const [responseHours, resolutionHours] = [numberOf(draft.response_hours), numberOf(draft.resolution_hours)]
  return {
    accountId,
    number: text(draft, 'number'),
    startsOn: text(draft, 'starts_on'),
    endsOn: text(draft, 'ends_on'),
    readingMonths: Number(draft.reading_months),
    supplyKinds: words(draft, 'supply_kinds'),
    ...(responseHours !== undefined && { responseHours }),
    ...(resolutionHours !== undefined && { resolutionHours }),
  }
}

export function deviceRead(one: Device | undefined): Read {
  const fields = one?.fields
  return {
    revision: one?.revision ?? '',
    draft: { serial_number: fields?.serialNumber ?? '', model_id: fields?.modelId ?? '', friendly_name: fields?.friendlyName ?? '' },
  }
}
export const deviceFields = (draft: Draft) => ({ serialNumber: text(draft, 'serial_number'), modelId: text(draft, 'model_id'), friendlyName: text(draft, 'friendly_name') })
