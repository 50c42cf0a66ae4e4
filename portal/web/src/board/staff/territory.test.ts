import { expect, it } from 'vitest'
import { prefixesOf, within } from './territory'

it.each([
  // first, last, before, after, expected
  ['0010', '0299', '', '0301', ['00', '01', '02']],
  ['0301', '0301', '0299', '0302', ['0301']],
  ['0010', '9991', '', '', ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']],
  ['1400', '1499', '1399', '1500', ['14']],
  ['1410', '1415', '1409', '1416', ['1410', '1411', '1412', '1413', '1414', '1415']],
  // A gap that nobody lives in belongs to whoever is beside it.
  ['1410', '1415', '1409', '1430', ['141']],
  ['SW1A', 'SW1B', '', '', undefined],
  ['100', '1000', '', '', undefined],
])('%s to %s between %s and %s', (first, last, before, after, expected) => expect(prefixesOf(first, last, before, after)).toEqual(expected))

it('holds every code of the area and none of a neighbour, wherever the area lies', () => {
  for (let from = 0; from < 1000; from += 37) {
    for (let size = 1; size < 400; size += 61) {
      const code = (n: number) => String(n).padStart(3, '0')
      const last = Math.min(from + size, 999)
      const found = prefixesOf(code(from), code(last), from > 0 ? code(from - 1) : '', last < 999 ? code(last + 1) : '')
      expect(found).toBeDefined()
      const wrong = []
      for (let n = 0; n < 1000; n++) if (found?.some((prefix) => code(n).startsWith(prefix)) !== (n >= from && n <= last)) wrong.push(n)
      expect(wrong, `${from} to ${last}`).toEqual([])
    }
  }
})

it('says nothing rather than too much', () => expect(prefixesOf('00001', '88888', '00000', '88889', 5)).toBeUndefined())

it('finds what of a territory lies within an area', () => {
  expect(within(['01', '14', '1415', '2'], '1410', '1499')).toEqual(['14', '1415'])
  expect(within([], '1410', '1499')).toEqual([])
})
