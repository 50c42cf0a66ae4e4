import { describe, expect, it } from 'vitest'
import { rowByKey, scrollTo, visibleRows } from './visible'

describe('rows in sight', () => {
  it('are few, however many there are', () => {
    for (const top of [0, 1, 70, 35_000, 349_000, 400_000]) {
      const { first, end } = visibleRows(top, 700, 70, 5000)
      expect(end - first).toBeLessThanOrEqual(27)
      expect(first * 70).toBeLessThanOrEqual(Math.min(top, 5000 * 70 - 700))
      expect(end * 70).toBeGreaterThanOrEqual(Math.min(top, 5000 * 70 - 700) + 700)
    }
    expect(visibleRows(0, 700, 70, 0)).toEqual({ first: 0, end: 0 })
    expect(visibleRows(0, 700, 0, 10)).toEqual({ first: 0, end: 0 })
    expect(visibleRows(500, 700, 70, 3)).toEqual({ first: 0, end: 3 })
  })

  it('scrolls as little as shows a row whole', () => {
    expect(scrollTo(5, 0, 700, 70)).toBe(0)
    expect(scrollTo(10, 0, 700, 70)).toBe(70)
    expect(scrollTo(2, 700, 700, 70)).toBe(140)
  })

  it('goes by keys, and stops at the ends', () => {
    expect(rowByKey('ArrowDown', 3, 9, 5000)).toBe(4)
    expect(rowByKey('ArrowUp', 0, 9, 5000)).toBe(0)
    expect(rowByKey('PageDown', 3, 9, 5000)).toBe(12)
    expect(rowByKey('PageUp', 3, 9, 5000)).toBe(0)
    expect(rowByKey('End', 3, 9, 5000)).toBe(4999)
    expect(rowByKey('Home', 3, 9, 5000)).toBe(0)
    expect(rowByKey('a', 3, 9, 5000)).toBeUndefined()
    expect(rowByKey('End', 0, 9, 0)).toBeUndefined()
  })
})
