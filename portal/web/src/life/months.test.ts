import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { describe, expect, it } from 'vitest'
import { byMonth } from './months'

const at = (text: string) => ({ at: timestampFromDate(new Date(text)) })

describe('months of a thread', () => {
  it('are by the clock where the device stands', () => {
    const lines = [at('2026-03-31T22:30:00Z'), at('2026-03-31T21:30:00Z'), at('2026-01-01T00:00:00Z')]
    expect(byMonth(lines, 'Europe/Oslo').map((one) => [one.month, one.lines.length])).toEqual([['2026-04', 1], ['2026-03', 1], ['2026-01', 1]])
    expect(byMonth(lines, 'UTC').map((one) => [one.month, one.lines.length])).toEqual([['2026-03', 2], ['2026-01', 1]])
    expect(byMonth(lines, 'America/New_York').map((one) => one.month)).toEqual(['2026-03', '2025-12'])
  })
  it('are none without lines, and keep what has no time', () => {
    expect(byMonth([], undefined)).toEqual([])
    expect(byMonth([at('2026-03-01T12:00:00Z'), {}], 'UTC')).toHaveLength(1)
  })
})
