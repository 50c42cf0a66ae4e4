import { expect, it } from 'vitest'
import { around, degrees, pasted, pointOf } from './position'

it('reads two fields of degrees, with a point or a comma, and nothing that is not on the globe', () => {
  expect(pointOf('59.9', '10,75')).toEqual({ latitude: 59.9, longitude: 10.75 })
  for (const [lat, lng] of [['', ''], ['59.9', ''], ['91', '10'], ['59', '181'], ['x', '10']]) expect(pointOf(lat, lng)).toBeUndefined()
})

it.each([
  ['59.9139, 10.7522', { latitude: 59.9139, longitude: 10.7522 }],
  ['59,9139; 10,7522', { latitude: 59.9139, longitude: 10.7522 }],
  [' 59.9139 10.7522 ', { latitude: 59.9139, longitude: 10.7522 }],
  ['59.9139° N, 10.7522° E', { latitude: 59.9139, longitude: 10.7522 }],
  ['33.86S 70.5W', { latitude: -33.86, longitude: -70.5 }],
  ['-33.86,-70.5', { latitude: -33.86, longitude: -70.5 }],
  ['10.75 E, 59.9 N', undefined],
  ['95, 10', undefined],
  ['Storgata 1, 0155 Oslo', undefined],
  ['59.9139', undefined],
])('pasted %s', (text, expected) => expect(pasted(text)).toEqual(expected))

it('keeps degrees short, and within the globe', () => {
  expect(degrees(59.913868123)).toBe('59.91387')
  expect(degrees(10)).toBe('10')
  expect(around(190)).toBe(-170)
  expect(around(-540)).toBe(-180)
  expect(around(10.5)).toBeCloseTo(10.5)
})
