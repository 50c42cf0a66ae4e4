import { OrderState } from '../../gen/utsendt/portal/v1/supply_service_pb.js'
import { orderStateName } from '../../components/orderstates'
import type { TextKey } from '../../i18n/language.svelte'
import { t } from '../../i18n/language.svelte'

/** The states of an order in the order in which they come, with their names in the address and in the texts. */
export const orderStates = [OrderState.PLACED, OrderState.PICKED, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.CANCELLED].map(
  (state) => [state, orderStateName(state)] as const,
)

/** In words; one that is newer than this page is "unknown". */
export const orderStateWord = (state: OrderState): string => t(`office.order.${orderStateName(state)}` as TextKey)

/** The states that a choice in the list stands for: nothing is what waits for the warehouse, "all" is all of them. */
export function statesOf(choice: string): OrderState[] {
  if (choice === 'all') return orderStates.map(([state]) => state)
  return orderStates.filter(([, name]) => name === choice).map(([state]) => state)
}
