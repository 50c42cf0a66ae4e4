import { expect, it } from 'vitest'
import { csvOf, joined, serialFile } from './csv'

it('quotes what must be quoted, and lets no cell be a formula', () => {
  expect(csvOf(['row', 'message'], [[2, 'a;b'], [3n, '=1+1'], [-4, 'said "no"\nthere']])).toBe('\uFEFFrow;message\r\n2;"a;b"\r\n3;\'=1+1\r\n-4;"said ""no""\nthere"\r\n')
})

it('makes a file of serial numbers that were pasted', () => {
  expect(serialFile(' DEMO-1\n\nDEMO-2, DEMO-3;DEMO-4\t')).toBe('serial_number\r\nDEMO-1\r\nDEMO-2\r\nDEMO-3\r\nDEMO-4\r\n')
  expect(serialFile(' \n ,; ')).toBe('')
})

it('joins the pieces of a file in their order', () => {
  expect([...joined([new Uint8Array([1, 2]), new Uint8Array(), new Uint8Array([3])])]).toEqual([1, 2, 3])
})
