// What a chart of pages a month draws: one series a counter, stacked, as numbers.
import type { Counter } from '../../gen/utsendt/portal/v1/reading_pb.js'
import type { UsageMonth } from '../../gen/utsendt/portal/v1/reading_service_pb.js'

/** What was printed by a counter in a month; below nought counts as nothing. */
export const pagesIn = (month: UsageMonth, counter: Counter): number => Math.max(0, Number(month.pages.find((one) => one.counter === counter)?.pages ?? 0n))

/** The upper edges of the stacked bars, the first counter at the bottom: edges[counter][month]. */
export function stacked(months: UsageMonth[], counters: Counter[]): number[][] {
  const sums = months.map(() => 0)
  return counters.map((counter) => months.map((month, i) => (sums[i] = (sums[i] ?? 0) + pagesIn(month, counter))))
}
