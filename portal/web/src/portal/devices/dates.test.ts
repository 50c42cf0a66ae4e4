import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { describe, expect, it } from 'vitest'
import { dateOf, dateOfKey } from './dates'
import { plausibleEmail } from './email'

describe('dates of devices', () => {
  it('are those of the place', () => {
    const late = timestampFromDate(new Date('2027-03-02T23:30:00Z'))
    expect(dateOf('en', late, 'Europe/Oslo')).toBe('3 Mar 2027')
    expect(dateOf('nb', late, 'Europe/Oslo')).toBe('3. mars 2027')
    expect(dateOf('en', late, 'UTC')).toBe('2 Mar 2027')
  })
  it.each([
    ['2026-01-31', '31. jan. 2026'],
    ['2026-02-31x', '2026-02-31x'],
    ['', ''],
  ])('%j of a contract', (day, said) => expect(dateOfKey('nb', day)).toBe(said))
})

it.each([
  ['', true],
  ['  ', true],
  [' post@example.com ', true],
  ['post@', false],
  ['post example.com', false],
  ['to@ex@ample.com', false],
])('%j is plausible: %s', (text, expected) => expect(plausibleEmail(text)).toBe(expected))
