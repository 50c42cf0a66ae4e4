import { describe, expect, it } from 'vitest'
import { dayKey, formatAgo, formatDay, formatDistance, formatFull, formatRange, formatSpan, formatWhen, formatZone } from './format'

const oslo = 'Europe/Oslo'
const now = new Date('2025-03-03T12:00:00Z')
const spaced = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('dates', () => {
  const today = new Date('2025-03-03T13:32:00Z')
  const lastYear = new Date('2024-12-24T16:00:00Z')

  it('gives only the time for today', () => {
    expect(formatWhen('en', today, now, oslo)).toBe('14:32')
    expect(formatWhen('nb', today, now, oslo)).toBe('14:32')
  })
  it('gives the day for another day, the year for another year', () => {
    expect(formatWhen('en', new Date('2025-03-04T07:00:00Z'), now, oslo)).toBe('4 Mar, 08:00')
    expect(formatWhen('nb', new Date('2025-03-04T07:00:00Z'), now, oslo)).toBe('4. mars, 08:00')
    expect(formatWhen('en', lastYear, now, oslo)).toBe('24 Dec 2024, 17:00')
    expect(formatWhen('nb', lastYear, now, oslo)).toBe('24. des. 2024, 17:00')
  })
  it('decides what is today in the place, not in UTC', () => {
    const lateEvening = new Date('2025-03-03T23:30:00Z')
    expect(dayKey(lateEvening, oslo)).toBe('2025-03-04')
    expect(formatWhen('en', lateEvening, now, oslo)).toBe('4 Mar, 00:30')
    expect(formatWhen('en', lateEvening, now, 'UTC')).toBe('23:30')
  })
  it('writes days and whole moments', () => {
    expect(formatDay('en', today, now, oslo)).toBe('Monday 3 March')
    expect(formatDay('nb', today, now, oslo)).toBe('mandag 3. mars')
    expect(formatFull('nb', today, oslo)).toContain('mandag 3. mars 2025')
    expect(formatFull('en', today, oslo)).toContain('14:32 CET')
  })
  it('writes ranges, with days where they differ', () => {
    const to = new Date('2025-03-03T13:50:00Z')
    expect(formatRange('en', today, to, now, oslo)).toBe('14:32–14:50')
    expect(formatRange('nb', today, new Date('2025-03-04T13:50:00Z'), now, oslo)).toBe('14:32 – 4. mars, 14:50')
  })
})

describe('the zone beside a time', () => {
  const winter = new Date('2025-01-10T12:00:00Z')
  const summer = new Date('2025-07-10T12:00:00Z')
  it.each([
    [winter, oslo, oslo, ''],
    [winter, oslo, 'Europe/Stockholm', ''],
    [winter, oslo, 'Europe/London', 'CET'],
    [summer, oslo, 'America/New_York', 'CEST'],
    [winter, 'Europe/London', oslo, 'GMT'],
    [winter, undefined, oslo, ''],
  ])('%s in %s seen from %s: %s', (at, zone, here, wanted) => expect(formatZone('en', at, zone, here)).toBe(wanted))
  it('is said in Norwegian, too', () => expect(formatZone('nb', winter, oslo, 'Asia/Tokyo')).not.toBe(''))
})

describe('relative time', () => {
  it.each([
    [0, 'now', 'nå'],
    [12, '12 seconds ago', 'for 12 sekunder siden'],
    [59.9, '59 seconds ago', 'for 59 sekunder siden'],
    [60, '1 minute ago', 'for 1 minutt siden'],
    [3599, '59 minutes ago', 'for 59 minutter siden'],
    [7200, '2 hours ago', 'for 2 timer siden'],
    [86400, 'yesterday', 'i går'],
    [-86400 * 3, 'in 3 days', 'om 3 døgn'],
  ])('%d s: %s', (seconds, en, nb) => {
    expect(formatAgo('en', seconds)).toBe(en)
    expect(formatAgo('nb', seconds)).toBe(nb)
  })
})

describe('distances and spans', () => {
  it.each([
    [8, '8 m', '8 m'],
    [347, '350 m', '350 m'],
    [999, '1 km', '1 km'],
    [1234, '1.2 km', '1,2 km'],
    [12345, '12 km', '12 km'],
  ])('%d m', (metres, en, nb) => {
    expect(spaced(formatDistance('en', metres))).toBe(en)
    expect(spaced(formatDistance('nb', metres))).toBe(nb)
  })
  it('gives two units at most', () => {
    expect(spaced(formatSpan('en', 7500))).toBe('2 hr 5 min')
    expect(spaced(formatSpan('nb', 7500))).toBe('2 t 5 min')
    expect(spaced(formatSpan('en', 7200))).toBe('2 hr')
    expect(spaced(formatSpan('en', 40))).toBe('40 sec')
    expect(spaced(formatSpan('en', -5))).toBe('0 sec')
  })
})
