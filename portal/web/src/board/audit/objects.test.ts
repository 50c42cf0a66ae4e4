import { expect, it } from 'vitest'
import { destinationOf } from '../destination'
import { dayStart, objectKinds, pageOf } from './objects'

it('leads to pages that there are', () => {
  for (const kind of objectKinds) {
    const href = pageOf(kind, 'x')
    if (href) expect(destinationOf(href).page, kind).not.toBe('none')
  }
  expect(pageOf('device', 'x')).toBe('/board/devices/x')
  expect(pageOf('toString', 'x')).toBeUndefined()
  expect(pageOf('device', '')).toBeUndefined()
})

it('takes days of the calendar where the reader is, over the end of a month too', () => {
  expect(dayStart('2026-01-31', 1)).toEqual(new Date(2026, 1, 1))
  for (const text of ['', 'yesterday', '2026-1-1']) expect(dayStart(text)).toBeUndefined()
})
