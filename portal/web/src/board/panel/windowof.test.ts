import { timestampDate } from '@bufbuild/protobuf/wkt'
import { expect, it } from 'vitest'
import { windowOf } from './windowof'

const now = Date.parse('2025-03-03T12:00:00Z')

it('is by the clock at the site', () => {
  const at = (zone: string) => {
    const { window } = windowOf('2025-03-04', '08:30', '10:00', zone, now)
    return [window?.start, window?.end].map((one) => one && timestampDate(one).toISOString())
  }
  expect(at('Europe/Oslo')).toEqual(['2025-03-04T07:30:00.000Z', '2025-03-04T09:00:00.000Z'])
  expect(at('America/New_York')).toEqual(['2025-03-04T13:30:00.000Z', '2025-03-04T15:00:00.000Z'])
})

it.each([
  ['', '08:00', '09:00', 'missing'],
  ['2025-03-04', '08:00', '', 'missing'],
  ['2025-03-04', '09:00', '09:00', 'order'],
  ['2025-03-04', '09:00', '08:00', 'order'],
  ['2025-03-03', '11:00', '13:00', 'past'],
] as const)('%s %s %s is %s', (date, from, to, fault) => expect(windowOf(date, from, to, 'Europe/Oslo', now)).toEqual({ fault }))

it('may have begun already', () => expect(windowOf('2025-03-03', '12:00', '14:00', 'Europe/Oslo', now).window).toBeDefined())
