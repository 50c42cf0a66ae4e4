// What a device counts: names of the server, words of the page, and what people type.
import { Counter } from '../../gen/utsendt/portal/v1/reading_pb.js'
import type { TextKey } from '../../i18n/language.svelte'
import { language, t } from '../../i18n/language.svelte'

const names: Partial<Record<Counter, { name: string; word: TextKey }>> = {
  [Counter.BLACK]: { name: 'black', word: 'counter.black' },
  [Counter.COLOUR]: { name: 'colour', word: 'counter.colour' },
  [Counter.BLACK_A3]: { name: 'black_a3', word: 'counter.black_a3' },
  [Counter.COLOUR_A3]: { name: 'colour_a3', word: 'counter.colour_a3' },
  [Counter.SCAN]: { name: 'scan', word: 'counter.scan' },
}

/** What a counter is called; one that is newer than this page is called just that. */
export const counterWord = (counter: Counter): string => t(names[counter]?.word ?? 'counter.other')

/** The name that params.counter of a problem has for a counter. */
export const counterName = (counter: Counter): string => names[counter]?.name ?? ''

/** What a counter is called whose name is params.counter of a problem; empty without one. */
export function counterWordOf(name: string | undefined): string {
  const found = Object.values(names).find((one) => one.name === name)
  return found ? t(found.word) : ''
}

/** Whole pages, grouped as the language does. */
export const pagesOf = (value: bigint | number): string => new Intl.NumberFormat(language()).format(value)

/** The largest value that the server takes. */
const largest = 999_999_999_999n

/**
 * A counter's value as people copy it from a display: digits, perhaps with spaces between. Anything else is undefined, for a
 * point or comma may be thousands or decimals.
 */
export function parseValue(text: string): bigint | undefined {
  const digits = text.replace(/\s/g, '')
  if (!/^\d{1,15}$/.test(digits)) return undefined
  const value = BigInt(digits)
  return value <= largest ? value : undefined
}
