import { create } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { ListSuppliesResponseSchema } from '../../gen/utsendt/portal/v1/supply_service_pb.js'
import { linesOf, valid, wrongQuantities } from './draft'

const offer = create(ListSuppliesResponseSchema, { supplies: ['a', 'b', 'c'].map((id) => ({ id, maxQuantity: 10 })) })
const draft = (quantities: Record<string, string>) => ({ quantities, line2: '', line3: '', contactName: '', contactPhone: '', contactEmail: '' })

it('orders what has a quantity, in the order of the list, and nothing that is gone', () => {
  expect(linesOf(draft({ gone: '3', b: '2', a: '10', c: '0' }), offer)).toEqual([
    { supplyId: 'a', quantity: 10 },
    { supplyId: 'b', quantity: 2 },
  ])
})

it.each([['', true], ['0', true], ['10', true], ['11', false], ['1.5', false], ['-1', false], ['two', false], ['1e1', false], [7, false], [null, false]])(
  'a quantity of %j: %j',
  (typed, expected) => expect(valid(typed, 10)).toBe(expected),
)

it('names what is wrong', () => expect(wrongQuantities(draft({ a: 'x', b: '3' }), offer)).toEqual(['a']))
