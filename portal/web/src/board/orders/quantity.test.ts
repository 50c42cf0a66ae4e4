import { expect, it } from 'vitest'
import { quantityOf } from './quantity'

it.each([
  ['1', 1],
  [' 12 ', 12],
  ['0', 0],
  ['100', 100],
  ['101', undefined],
  ['', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['1e1', undefined],
  ['two', undefined],
])('%j', (typed, expected) => expect(quantityOf(typed)).toBe(expected))
