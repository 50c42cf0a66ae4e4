import { OrderState } from '../gen/utsendt/portal/v1/supply_service_pb.js'

const names: Record<OrderState, string> = {
  [OrderState.UNSPECIFIED]: 'unknown',
  [OrderState.PLACED]: 'placed',
  [OrderState.PICKED]: 'picked',
  [OrderState.SHIPPED]: 'shipped',
  [OrderState.DELIVERED]: 'delivered',
  [OrderState.CANCELLED]: 'cancelled',
}

/** The name of an order's state in catalogue keys and addresses. A state newer than this page is "unknown", never wrong. */
export const orderStateName = (state: OrderState): string => names[state] ?? 'unknown'
