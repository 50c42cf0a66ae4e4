import { expect, it } from 'vitest'
import { nextSort, sorted, sortOf } from './sorted'

it('reads the order from the address, and nothing from what is none', () => {
  expect(sortOf('2', 3)).toEqual({ column: 2, down: false })
  expect(sortOf('-0', 3)).toEqual({ column: 0, down: true })
  for (const text of ['', '3', '-3', 'x', '1.5', '999']) expect(sortOf(text, 3), text).toBeUndefined()
})

it('goes up, down and back to the order of the server', () => {
  expect(nextSort(undefined, 1)).toBe('1')
  expect(nextSort(sortOf('1', 2), 1)).toBe('-1')
  expect(nextSort(sortOf('-1', 2), 1)).toBe('')
  expect(nextSort(sortOf('-1', 2), 0)).toBe('0')
})

it('sorts by alphabet and number, with what is missing last either way', () => {
  const rows = ['K-10', 'Åse', '', 'K-9', 'aase']
  expect(sorted(rows, (one) => one, false, 'nb').slice(-1)).toEqual([''])
  expect(sorted(rows, (one) => one, true, 'nb').slice(-1)).toEqual([''])
  expect(sorted(['K-10', 'K-9'], (one) => one, false, 'nb')).toEqual(['K-9', 'K-10'])
  expect(sorted([3n, 20n, 1n], (one) => one, true, 'nb')).toEqual([20n, 3n, 1n])
  expect(rows).toEqual(['K-10', 'Åse', '', 'K-9', 'aase'])
})
