import type { TonerForecast } from '../gen/utsendt/portal/v1/supply_service_pb.js'
import { ForecastStatus, OrderState } from '../gen/utsendt/portal/v1/supply_service_pb.js'
import { timestampMs } from '@bufbuild/protobuf/wkt'

/** As the server marks a device in the list: toner that runs out within these days is worth a word. */
const soonDays = 14

/** Toners that are empty by the figures, or will be soon. */
export function soonEmpty(forecasts: TonerForecast[], now: number): number {
  return forecasts.filter(
    (one) =>
      (one.status === ForecastStatus.EXPECTED || one.status === ForecastStatus.OVERDUE) &&
      one.runsOutAt !== undefined &&
      timestampMs(one.runsOutAt) <= now + soonDays * 86_400_000,
  ).length
}

/** The states of an order that is on its way to somebody. */
export const underWay = [OrderState.PLACED, OrderState.PICKED, OrderState.SHIPPED]

/** A count that may be cut off at a page's end. */
export interface Count {
  n: number
  /** There are more than were counted. */
  more: boolean
}

export const countOf = (items: unknown[], nextPageToken: string): Count => ({ n: items.length, more: nextPageToken !== '' })
