import { expect, it } from 'vitest'
import { OrderState } from '../../gen/utsendt/portal/v1/supply_service_pb.js'
import { orderStateName } from '../../components/orderstates'
import { statesOf } from './states'

it('knows every state by its name in the address', () => {
  const known = Object.values(OrderState).filter((one): one is OrderState => typeof one === 'number' && one !== OrderState.UNSPECIFIED)
  expect(statesOf('all').toSorted()).toEqual(known.toSorted())
  for (const state of known) expect(statesOf(orderStateName(state))).toEqual([state])
})

it('leaves it to the server what waits, also for a choice that it does not know', () => {
  expect(statesOf('')).toEqual([])
  expect(statesOf('toString')).toEqual([])
  expect(orderStateName(99 as OrderState)).toBe('unknown')
})
