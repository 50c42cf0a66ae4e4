import { describe, expect, it } from 'vitest'
import { distance, metresPerPixel, offset, ringsFor, roundDown } from './plane'

const at = (latitude: number, longitude: number) => ({ latitude, longitude })

describe('distance', () => {
  it('knows a degree at the equator and at 60 degrees north', () => {
    expect(distance(at(0, 0), at(0, 1))).toBeCloseTo(111_195, -1)
    expect(distance(at(60, 10), at(60, 11)) / distance(at(0, 10), at(0, 11))).toBeCloseTo(0.5, 3)
  })
  it('goes the short way over the antimeridian', () => {
    expect(distance(at(60, 179.9), at(60, -179.9))).toBeLessThan(12_000)
    expect(offset(at(60, 179.9), at(60, -179.9)).x).toBeGreaterThan(0)
  })
})

describe('offset', () => {
  it('agrees with the distance within a tenth of a per cent at 50 km', () => {
    const a = at(69.6, 18.9)
    const b = at(69.9, 19.8)
    const { x, y } = offset(a, b)
    expect(Math.hypot(x, y) / distance(a, b)).toBeCloseTo(1, 3)
    expect(x).toBeGreaterThan(0)
    expect(y).toBeLessThan(0)
  })
})

it.each([[1, 1], [3, 2], [7, 5], [999, 500], [1000, 1000]])('roundDown(%d) is %d', (metres, expected) => {
  expect(roundDown(metres)).toBe(expected)
})

it('a pixel covers half as much at 60 degrees north, and half as much one zoom further in', () => {
  expect(metresPerPixel(0, 0)).toBeCloseTo(78_184, -1)
  expect(metresPerPixel(60, 10) / metresPerPixel(0, 10)).toBeCloseTo(0.5, 6)
  expect(metresPerPixel(60, 11) / metresPerPixel(60, 10)).toBeCloseTo(0.5, 6)
})

it.each([[0, [100]], [4_000, [2_000, 4_000]], [8_000, [5_000]], [1_000_000, [500_000, 1_000_000]]])('rings for somebody %d metres away', (metres, expected) => {
  expect(ringsFor(metres)).toEqual(expected)
})
