import type { ListSuppliesResponse } from '../../gen/utsendt/portal/v1/supply_service_pb.js'

/** What is typed before an order is sent. Quantities are by supply, as typed; empty lines of the address are as they were. */
export interface OrderDraft {
  quantities: Record<string, string>
  line2: string
  line3: string
  contactName: string
  contactPhone: string
  contactEmail: string
}

export interface Line {
  supplyId: string
  quantity: number
}

/** The lines of an order, in the order of the list. What cannot be ordered (any more) is left out. */
export function linesOf(draft: OrderDraft, offer: ListSuppliesResponse): Line[] {
  return offer.supplies.flatMap(({ id, maxQuantity }) => {
    const typed = draft.quantities[id] ?? ''
    if (!valid(typed, maxQuantity) || Number(typed) === 0) return []
    return [{ supplyId: id, quantity: Number(typed) }]
  })
}

/** True for nothing, and for a whole number from 0 to the most. */
export function valid(typed: unknown, most: number): boolean {
  if (typed === undefined || typed === '') return true
  return typeof typed === 'string' && /^\d{1,3}$/.test(typed) && Number(typed) <= most
}

/** Supplies whose quantity cannot be ordered as typed. */
export function wrongQuantities(draft: OrderDraft, offer: ListSuppliesResponse): string[] {
  return offer.supplies.filter((one) => !valid(draft.quantities[one.id], one.maxQuantity)).map((one) => one.id)
}
