import { describe, expect, it } from 'vitest'
import { clockNote, clockOf, momentsOf } from './clock'

const summer = new Date('2025-07-15T10:00:00Z')
const oslo = 'Europe/Oslo'

describe('clockOf', () => {
  it.each([
    ['Asia/Tokyo', 'Asia/Tokyo'],
    ['', Intl.DateTimeFormat().resolvedOptions().timeZone],
    ['Nowhere/Atall', Intl.DateTimeFormat().resolvedOptions().timeZone],
  ])('"%s": %s', (timeZone, expected) => expect(clockOf({ timeZone })).toBe(expected))
})

describe('clockNote', () => {
  it.each([
    ['the same clock', [oslo, oslo], undefined],
    ['another name of the same time', ['Europe/Stockholm'], undefined],
    ['one other clock', ['America/New_York', 'America/New_York'], { zone: 'America/New York' }],
    ['two names of one other time', ['America/New_York', 'America/Toronto'], { zone: 'America/New York' }],
    ['some here, some elsewhere', [oslo, 'Asia/Tokyo'], 'several'],
    ['two elsewhere', ['America/New_York', 'Asia/Tokyo'], 'several'],
    ['none', [], undefined],
  ])('%s', (_, zones, expected) => expect(clockNote(zones, summer, oslo)).toEqual(expected))

  it('looks at the time of the year', () => {
    expect(clockNote(['Africa/Lagos'], new Date('2025-01-15T10:00:00Z'), oslo)).toBeUndefined()
    expect(clockNote(['Africa/Lagos'], summer, oslo)).toEqual({ zone: 'Africa/Lagos' })
  })
})

describe('momentsOf', () => {
  it('is another moment at each place', () => {
    expect(momentsOf('2025-07-15', '08:30', [oslo, 'Asia/Tokyo'])?.map((one) => one.toISOString())).toEqual([
      '2025-07-15T06:30:00.000Z',
      '2025-07-14T23:30:00.000Z',
    ])
  })
  it('is none before both are typed', () => expect(momentsOf('2025-07-15', '', [oslo])).toBeUndefined())
})
