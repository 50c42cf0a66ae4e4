import { expect, it } from 'vitest'
import { formatDate } from './date'

it('writes a day of the calendar, whatever the zone of the browser', () => {
  expect(formatDate('en', '2026-01-31')).toBe('31 Jan 2026')
  expect(formatDate('nb', '2026-01-31')).toBe('31. jan. 2026')
  expect(formatDate('nb', '')).toBe('')
})
