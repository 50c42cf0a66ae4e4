import { describe, expect, it } from 'vitest'
import { momentOf } from './walltime'

describe('momentOf', () => {
  it.each([
    ['2025-01-15', '08:30', 'Europe/Oslo', '2025-01-15T07:30:00.000Z'],
    ['2025-07-15', '08:30', 'Europe/Oslo', '2025-07-15T06:30:00.000Z'],
    ['2025-03-30', '01:59', 'Europe/Oslo', '2025-03-30T00:59:00.000Z'],
    ['2025-03-30', '03:00', 'Europe/Oslo', '2025-03-30T01:00:00.000Z'],
    // Skipped by the change of clocks.
    ['2025-03-30', '02:30', 'Europe/Oslo', '2025-03-30T01:30:00.000Z'],
    // Comes twice: the first.
    ['2025-10-26', '02:30', 'Europe/Oslo', '2025-10-26T00:30:00.000Z'],
    ['2025-10-26', '03:00', 'Europe/Oslo', '2025-10-26T02:00:00.000Z'],
    ['2025-01-15', '08:30', 'UTC', '2025-01-15T08:30:00.000Z'],
    ['2025-01-15', '00:15', 'Pacific/Auckland', '2025-01-14T11:15:00.000Z'],
  ])('%s %s in %s', (day, time, zone, expected) => {
    expect(momentOf(day, time, zone)?.toISOString()).toBe(expected)
  })

  it.each([['', '08:00'], ['2025-13-01', '08:00'], ['2025-01-01', '8:00'], ['2025-01-01', '25:00']])(
    'gives nothing for %s %s',
    (day, time) => expect(momentOf(day, time, 'UTC')).toBeUndefined(),
  )
})
