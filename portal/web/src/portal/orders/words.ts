// What orders and supplies are called, in the page's language.
import { OrderState, SupplyColour } from '../../gen/utsendt/portal/v1/supply_service_pb.js'
import type { TextKey } from '../../i18n/language.svelte'
import { t } from '../../i18n/language.svelte'

/** The name of a state in catalogue keys and class names. */
export const orderStateNames: Record<OrderState, string> = {
  [OrderState.UNSPECIFIED]: 'unknown',
  [OrderState.PLACED]: 'placed',
  [OrderState.PICKED]: 'picked',
  [OrderState.SHIPPED]: 'shipped',
  [OrderState.DELIVERED]: 'delivered',
  [OrderState.CANCELLED]: 'cancelled',
}

/** A state newer than this page is "unknown", never wrong. */
export function orderStateWord(state: OrderState): string {
  return t(`order.state.${orderStateNames[state] ?? 'unknown'}` as TextKey)
}

export const colourNames: Partial<Record<SupplyColour, string>> = {
  [SupplyColour.BLACK]: 'black',
  [SupplyColour.CYAN]: 'cyan',
  [SupplyColour.MAGENTA]: 'magenta',
  [SupplyColour.YELLOW]: 'yellow',
}

/** "cyan"; empty for what has no colour. */
export function colourWord(colour: SupplyColour): string {
  const name = colourNames[colour]
  return name ? t(`supply.colour.${name}` as TextKey) : ''
}
