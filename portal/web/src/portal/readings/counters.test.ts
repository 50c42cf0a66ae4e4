import { expect, it } from 'vitest'
import { Counter } from '../../gen/utsendt/portal/v1/reading_pb.js'
import { counterName, parseValue } from './counters'

it.each([
  ['0', 0n],
  ['000120', 120n],
  [' 120 034 ', 120034n],
  ['120\u00a0034', 120034n],
  ['120\u202f034', 120034n],
  ['999999999999', 999999999999n],
  ['1000000000000', undefined],
  ['120.034', undefined],
  ['120,5', undefined],
  ['-4', undefined],
  ['1e3', undefined],
  ['', undefined],
  ['  ', undefined],
])('a counter showing "%s" is %s', (text, value) => expect(parseValue(text)).toBe(value))

it('every counter has the name that problems use', () => {
  const counters = [Counter.BLACK, Counter.COLOUR, Counter.BLACK_A3, Counter.COLOUR_A3, Counter.SCAN]
  expect(counters.map(counterName)).toEqual(['black', 'colour', 'black_a3', 'colour_a3', 'scan'])
})
