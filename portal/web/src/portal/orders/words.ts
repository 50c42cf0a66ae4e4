// What orders and supplies are called, in the page's language.
import type { OrderState } from '../../gen/utsendt/portal/v1/supply_service_pb.js'
import { SupplyColour } from '../../gen/utsendt/portal/v1/supply_colour_pb.js'
import { orderStateName } from '../../components/orderstates'
import type { TextKey } from '../../i18n/language.svelte'
import { t } from '../../i18n/language.svelte'

export const orderStateWord = (state: OrderState): string => t(`order.state.${orderStateName(state)}` as TextKey)

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
