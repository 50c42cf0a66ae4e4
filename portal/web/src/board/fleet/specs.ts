// The forms of the fleet: which fields each thing has, in the page's language.
import type { Model } from '../../gen/utsendt/backoffice/v1/fleet_service_pb.js'
import { language, t } from '../../i18n/language.svelte'
import { categories, categoryWord, wordFor } from '../../i18n/words.svelte'
import { countries } from '../../portal/devices/countries'
import { fleet, technicians } from '../clients'
import type { Option, Spec } from '../form/spec'

export const counters = ['black', 'colour', 'black_a3', 'colour_a3', 'scan']
const supplyKinds = ['toner', 'drum', 'waste_toner', 'staples', 'fuser', 'other']
const qualities = ['rooftop', 'street', 'postal_code', 'none']

const options = (prefix: string, names: string[]): Option[] => names.map((value) => ({ value, label: wordFor(prefix, value) }))
const countryOptions = (present: string): Option[] => countries(language(), present).map(({ code, name }) => ({ value: code, label: name }))

export const accountSpecs = (country: string): Spec[] => [
  { name: 'number', label: t('fleet.customer_number'), maxlength: 100 },
  { name: 'name', label: t('office.name') },
  { name: 'country', label: t('fleet.country'), kind: 'select', options: countryOptions(country) },
  { name: 'language', label: t('fleet.language'), kind: 'select', options: languageOptions() },
]

export const languageOptions = (): Option[] => [
  { value: 'nb', label: 'Norsk' },
  { value: 'en', label: 'English' },
]

export const timeZones = (): string[] => Intl.supportedValuesOf?.('timeZone') ?? []

export const siteSpecs = (country: string): Spec[] => [
  { name: 'number', label: t('fleet.site_number'), maxlength: 100 },
  { name: 'name', label: t('office.name'), optional: true },
  { name: 'line1', label: t('fleet.line1'), optional: true },
  { name: 'line2', label: t('office.line2'), optional: true },
  { name: 'line3', label: t('office.line3'), optional: true },
  { name: 'postal_code', label: t('fleet.postal_code'), optional: true, maxlength: 20 },
  { name: 'city', label: t('fleet.city'), optional: true, maxlength: 100 },
  { name: 'country', label: t('fleet.country'), kind: 'select', options: countryOptions(country) },
  { name: 'latitude', label: t('fleet.latitude'), kind: 'number', optional: true, maxlength: 20 },
  { name: 'longitude', label: t('fleet.longitude'), kind: 'number', optional: true, maxlength: 20 },
  { name: 'quality', label: t('fleet.quality'), kind: 'select', options: options('fleet.quality', qualities) },
  { name: 'time_zone', label: t('fleet.time_zone'), suggestions: timeZones(), maxlength: 100 },
  { name: 'notes', label: t('fleet.notes'), hint: t('fleet.notes_hint'), kind: 'area', optional: true, maxlength: 2000 },
]

export const modelSpecs = (skills: string[]): Spec[] => [
  { name: 'name', label: t('office.name') },
  { name: 'pages_per_minute', label: t('fleet.ppm'), kind: 'number', maxlength: 4 },
  { name: 'colour', label: t('fleet.colour_printer'), kind: 'check' },
  { name: 'counters', label: t('fleet.counters'), kind: 'checks', options: options('counter', counters) },
  { name: 'skills', label: t('fleet.needs_skills'), kind: 'tags', suggestions: skills, optional: true },
  { name: 'categories', label: t('fleet.categories'), hint: t('fleet.categories_hint'), kind: 'checks', options: categories.map((one) => ({ value: String(one), label: categoryWord(one) })) },
]

export const contractSpecs = (): Spec[] => [
  { name: 'number', label: t('fleet.contract_number'), maxlength: 100 },
  { name: 'starts_on', label: t('fleet.starts_on'), kind: 'date' },
  { name: 'ends_on', label: t('fleet.ends_on'), kind: 'date', optional: true },
  { name: 'response_hours', label: t('fleet.response_hours'), kind: 'number', optional: true, maxlength: 5 },
  { name: 'resolution_hours', label: t('fleet.resolution_hours'), kind: 'number', optional: true, maxlength: 5 },
  { name: 'reading_months', label: t('fleet.reading_months'), kind: 'select', options: [1, 2, 3, 4, 6, 12].map((n) => ({ value: String(n), label: t('office.reading_months', { n }) })) },
  { name: 'supply_kinds', label: t('fleet.supply_kinds'), kind: 'checks', options: options('fleet.supply', supplyKinds) },
]

export const deviceSpecs = (models: Model[]): Spec[] => [
  { name: 'serial_number', label: t('fleet.serial_number'), maxlength: 100 },
  { name: 'model_id', label: t('fleet.model'), kind: 'select', options: [{ value: '', label: t('fleet.choose') }, ...models.map((one) => ({ value: one.id, label: one.fields?.name ?? '' }))] },
  { name: 'friendly_name', label: t('fleet.friendly_name'), hint: t('fleet.friendly_name_hint'), optional: true },
]

/** Every model, for a choice; there are some hundreds at most. */
export async function allModels(): Promise<Model[]> {
  const found: Model[] = []
  for (let pageToken = ''; ; ) {
    const answer = await fleet.listModels({ pageSize: 100, pageToken })
    found.push(...answer.models)
    pageToken = answer.nextPageToken
    if (!pageToken) return found
  }
}

/** The names of all skills, for suggestions; none where they cannot be read. */
export async function skillNames(): Promise<string[]> {
  try {
    return (await technicians.listSkills({})).skills.map((one) => one.name)
  } catch {
    return []
  }
}
