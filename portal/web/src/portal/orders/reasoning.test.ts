import { create } from '@bufbuild/protobuf'
import { beforeAll, expect, it } from 'vitest'
import { TonerForecastSchema } from '../../gen/utsendt/portal/v1/supply_service_pb.js'
import { hasText, setLanguage } from '../../i18n/language.svelte'
import { keyOf, reasoning } from './reasoning'

beforeAll(() => setLanguage('en'))

/** Every step that the API describes, with each basis that it may have. */
const steps: [string, Record<string, string>][] = [
  ['counter_reset', { at: '2025-03-03T10:00:00Z' }],
  ['usage', { pages_per_month: '1200', readings: '13', days: '365' }],
  ['spread', { low: '900', high: '1500', basis: 'measured' }],
  ['spread', { low: '900', high: '1500', basis: 'assumed' }],
  ['delivered', { quantity: '2', yield: '6000', at: '2025-03-03T10:00:00Z' }],
  ['left_at_delivery', { pages: '600', basis: 'computed' }],
  ['left_at_delivery', { pages: '600', basis: 'assumed' }],
  ['used_since', { pages: '1', since: '2025-03-03T10:00:00Z', basis: 'readings' }],
  ['used_since', { pages: '600', since: '2025-03-03T10:00:00Z', basis: 'extrapolated' }],
  ['reading_age', { days: '1' }],
  ['may_be_empty', {}],
  ['lead_time', { at: '2025-03-03T10:00:00Z' }],
  ['on_order', { number: 'SO-1000452', quantity: '2' }],
]

it.each(steps)('has words for %s %j, with nothing left to fill in', (key, params) => {
  expect(hasText(keyOf({ key, params }))).toBe(true)
  const [line] = reasoning(create(TonerForecastSchema, { steps: [{ key, params }] }))
  expect(line).not.toMatch(/[{}]/)
})

it('words them in order, groups numbers, writes days out, and leaves out what it does not know', () => {
  const forecast = create(TonerForecastSchema, {
    steps: [
      { key: 'counter', params: { counters: 'black,black_a3', a3_double: 'true', with_colour: 'false' } },
      { key: 'delivered', params: { quantity: '2', yield: '6000', at: '2025-03-03T10:00:00Z' } },
      { key: 'of_next_year', params: { x: '1' } },
      { key: 'reading_age', params: { days: '1' } },
    ],
  })
  expect(reasoning(forecast)).toEqual([
    'An A3 page counts as two A4 pages.',
    'Last delivered 3 March 2025: 2 that last 6,000 pages each.',
    'The last meter reading is 1 day old.',
  ])
})
