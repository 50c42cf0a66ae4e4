// Technicians and people as forms hold them, and back again.
import type { Person, Role } from '../../gen/utsendt/backoffice/v1/people_service_pb.js'
import type { Technician, VanPart } from '../../gen/utsendt/backoffice/v1/technician_service_pb.js'
import type { Read } from '../form/Editor.svelte'
import type { Draft } from '../form/spec'
import { numberOf } from '../form/spec'

const text = (draft: Draft, name: string) => String(draft[name] ?? '').trim()
const words = (draft: Draft, name: string) => (Array.isArray(draft[name]) ? (draft[name] as string[]) : [])

/** "TK-1=2": a part in the van and how many. */
export const stockText = (part: { partNumber: string; quantity: number }): string => `${part.partNumber}=${part.quantity}`

/** The part of such a text; undefined when it is none. A part without a number of pieces is one piece. */
export function stockOf(written: string): { partNumber: string; quantity: number } | undefined {
  const [, partNumber = '', quantity = '1'] = /^(.+?)(?:=(\d{1,6}))?$/.exec(written.trim()) ?? []
  const n = Number(quantity)
  return partNumber.trim() && !partNumber.includes('=') && n <= 100_000 ? { partNumber: partNumber.trim(), quantity: n } : undefined
}

export function technicianRead(one: Technician | undefined): Read {
  const fields = one?.fields
  return {
    revision: one?.revision ?? '',
    draft: {
      number: fields?.number ?? '',
      first_name: fields?.firstName ?? '',
      last_name: fields?.lastName ?? '',
      phone: fields?.phone ?? '',
      email: fields?.email ?? '',
      skills: [...(fields?.skills ?? [])],
      territory: [...(fields?.territory ?? [])],
      home_latitude: fields ? String(fields.homeLatitude) : '',
      home_longitude: fields ? String(fields.homeLongitude) : '',
      shift_start: fields?.shiftStart ?? '08:00',
      shift_end: fields?.shiftEnd ?? '16:00',
      time_zone: fields?.timeZone ?? 'Europe/Oslo',
      active: fields?.active ?? true,
      van_stock: (fields?.vanStock ?? []).map((part: VanPart) => stockText(part)),
    },
  }
}
export const technicianFields = (draft: Draft) => ({
  number: text(draft, 'number'),
  firstName: text(draft, 'first_name'),
  lastName: text(draft, 'last_name'),
  phone: text(draft, 'phone'),
  email: text(draft, 'email'),
  skills: words(draft, 'skills'),
  territory: words(draft, 'territory'),
  homeLatitude: numberOf(draft.home_latitude) ?? 0,
  homeLongitude: numberOf(draft.home_longitude) ?? 0,
  shiftStart: text(draft, 'shift_start').slice(0, 5),
  shiftEnd: text(draft, 'shift_end').slice(0, 5),
  timeZone: text(draft, 'time_zone'),
  active: draft.active === true,
  vanStock: words(draft, 'van_stock').map(stockOf).filter((part) => part !== undefined),
})

export function personRead(one: Person | undefined, start: Partial<{ role: Role; accountId: string }> = {}): Read {
  const fields = one?.fields
  return {
    revision: one?.revision ?? '',
    draft: {
      first_name: fields?.firstName ?? '',
      last_name: fields?.lastName ?? '',
      email: fields?.email ?? '',
      phone: fields?.phone ?? '',
      language: fields?.language ?? 'nb',
      role: String(fields?.role ?? start.role ?? 1),
      account_id: fields?.accountId ?? start.accountId ?? '',
      technician_id: fields?.technicianId ?? '',
    },
  }
}
/** Account and technician go only with the roles that have one. */
export const personFields = (draft: Draft, roles: { customer: Role; technician: Role }) => ({
  firstName: text(draft, 'first_name'),
  lastName: text(draft, 'last_name'),
  email: text(draft, 'email'),
  phone: text(draft, 'phone'),
  language: text(draft, 'language'),
  role: Number(draft.role) as Role,
  accountId: Number(draft.role) === roles.customer ? text(draft, 'account_id') : '',
  technicianId: Number(draft.role) === roles.technician ? text(draft, 'technician_id') : '',
})
