// The forms of the staff's pages, in the page's language.
import { Role } from '../../gen/utsendt/backoffice/v1/people_service_pb.js'
import type { TextKey } from '../../i18n/language.svelte'
import { t } from '../../i18n/language.svelte'
import { technicians } from '../clients'
import { languageOptions, timeZones } from '../fleet/specs'
import type { Option, Spec } from '../form/spec'

export const technicianSpecs = (skills: string[]): Spec[] => [
  { name: 'number', label: t('board.number'), maxlength: 100 },
  { name: 'first_name', label: t('staff.first_name'), maxlength: 100 },
  { name: 'last_name', label: t('staff.last_name'), maxlength: 100, optional: true },
  { name: 'phone', label: t('staff.phone'), kind: 'tel', maxlength: 50, optional: true },
  { name: 'email', label: t('staff.email'), kind: 'email', maxlength: 254, optional: true },
  { name: 'skills', label: t('staff.skills'), kind: 'tags', suggestions: skills, optional: true },
  { name: 'territory', label: t('staff.territory'), hint: t('staff.territory_hint'), kind: 'tags', maxlength: 20, optional: true },
  { name: 'home_latitude', label: t('staff.home_latitude'), kind: 'number', maxlength: 20 },
  { name: 'home_longitude', label: t('staff.home_longitude'), kind: 'number', maxlength: 20 },
  { name: 'shift_start', label: t('staff.shift_start'), kind: 'time' },
  { name: 'shift_end', label: t('staff.shift_end'), kind: 'time' },
  { name: 'time_zone', label: t('fleet.time_zone'), suggestions: timeZones(), maxlength: 100 },
  { name: 'active', label: t('staff.active'), kind: 'check' },
  { name: 'van_stock', label: t('staff.van_stock'), hint: t('staff.van_stock_hint'), kind: 'tags', optional: true },
]

const roles: [Role, TextKey][] = [
  [Role.CUSTOMER, 'staff.role.customer'],
  [Role.TECHNICIAN, 'staff.role.technician'],
  [Role.DISPATCHER, 'staff.role.dispatcher'],
  [Role.ADMIN, 'staff.role.admin'],
]
export const roleOptions = (): Option[] => roles.map(([role, key]) => ({ value: String(role), label: t(key) }))
export const roleWord = (role: Role | undefined): string => t(roles.find(([one]) => one === role)?.[1] ?? 'state.unknown')

export const personSpecs = (accounts: Option[], ofTechnicians: Option[]): Spec[] => [
  { name: 'first_name', label: t('staff.first_name'), maxlength: 100, optional: true },
  { name: 'last_name', label: t('staff.last_name'), maxlength: 100, optional: true },
  { name: 'email', label: t('staff.email'), kind: 'email', maxlength: 254, optional: true },
  { name: 'phone', label: t('staff.phone'), kind: 'tel', maxlength: 50, optional: true },
  { name: 'language', label: t('fleet.language'), kind: 'select', options: languageOptions() },
  { name: 'role', label: t('staff.role'), kind: 'select', options: roleOptions() },
  { name: 'account_id', label: t('board.customer'), kind: 'select', options: [{ value: '', label: t('fleet.choose') }, ...accounts], when: (draft) => draft.role === String(Role.CUSTOMER) },
  { name: 'technician_id', label: t('staff.technician'), kind: 'select', options: [{ value: '', label: t('fleet.choose') }, ...ofTechnicians], when: (draft) => draft.role === String(Role.TECHNICIAN) },
]

/** Every technician, for a choice. */
export async function technicianOptions(): Promise<Option[]> {
  const found: Option[] = []
  for (let pageToken = ''; ; ) {
    const answer = await technicians.listTechnicians({ withInactive: true, pageSize: 100, pageToken })
    found.push(...answer.technicians.map((one) => ({ value: one.id, label: `${one.fields?.number} ${one.fields?.firstName} ${one.fields?.lastName}`.trim() })))
    pageToken = answer.nextPageToken
    if (!pageToken) return found
  }
}
