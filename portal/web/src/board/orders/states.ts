import { OrderState } from '../../gen/utsendt/portal/v1/supply_service_pb.js'
import type { TextKey } from '../../i18n/language.svelte'
import { t } from '../../i18n/language.svelte'

/** The states of an order in the order in which they come, with their names in the address and in the texts. */
export const orderStates = [
  [OrderState.PLACED, 'placed'],
  [OrderState.PICKED, 'picked'],
  [OrderState.SHIPPED, 'shipped'],
  [OrderState.DELIVERED, 'delivered'],
  [OrderState.CANCELLED, 'cancelled'],
] as const

export const orderStateName = (state: OrderState): string => orderStates.find(([one]) => one === state)?.[1] ?? 'unknown'

/** In words; one that is newer than this page is "unknown". */
export const orderStateWord = (state: OrderState): string => t(`office.order.${orderStateName(state)}` as TextKey)

/** The states that a choice in the list stands for: nothing is what waits for the warehouse, "all" is all of them. */
export function statesOf(choice: string): OrderState[] {
  if (choice === 'all') return orderStates.map(([state]) => state)
  return orderStates.filter(([, name]) => name === choice).map(([state]) => state)
}
