import { expect, it } from 'vitest'
import { labelEvery, roundUp, ticksTo } from './bars'

it.each([[0, 1], [1, 1], [3, 5], [99, 100], [100, 100], [101, 200], [210, 250], [1234, 2000], [5001, 10000]])('above %i the axis ends at %i', (value, top) => expect(roundUp(value)).toBe(top))

it.each([[1, [0, 1]], [5, [0, 1, 2, 3, 4, 5]], [20, [0, 5, 10, 15, 20]], [250, [0, 62.5, 125, 187.5, 250]], [1000, [0, 250, 500, 750, 1000]]])('an axis to %i', (top, ticks) => expect(ticksTo(top)).toEqual(ticks))

it('leaves labels out where there is no room', () => {
  expect(labelEvery(12, 900, 40)).toBe(1)
  expect(labelEvery(36, 300, 40)).toBe(5)
})
