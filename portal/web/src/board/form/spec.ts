/** What a control holds: a text, yes or no, or several words. */
export type Value = string | boolean | string[]
/** What is in a form, by field. */
export type Draft = Record<string, Value>

export interface Option {
  value: string
  label: string
}

/** One field of a form. */
export interface Spec {
  /** As the API's message names it: "friendly_name". A problem of that field stands by it. */
  name: string
  label: string
  /** checks: any of the options; tags: words that are typed, with suggestions. */
  kind?: 'text' | 'email' | 'tel' | 'number' | 'date' | 'time' | 'area' | 'select' | 'check' | 'checks' | 'tags'
  hint?: string
  optional?: boolean
  maxlength?: number
  options?: Option[]
  suggestions?: string[]
  /** False where it does not matter, by what else is in the form. */
  when?: (draft: Draft) => boolean
  /** Lines of an area. */
  rows?: number
  /** As wide as the form. */
  wide?: boolean
}

/** The field of a problem as the form names it: "fields.name" is "name". */
export function fieldOf(problemField: string): string {
  return (problemField.split('.').findLast((part) => !/^\d+$/.test(part)) ?? '').replace(/\[.*$/, '')
}

/** A number as people type it, also with a comma; undefined for an empty text, NaN for what is none. */
export function numberOf(text: Value | undefined): number | undefined {
  const tidy = String(text ?? '').trim().replace(/[\s\u00a0]/g, '').replace(',', '.')
  return tidy === '' ? undefined : /^[-+]?\d+(\.\d+)?$/.test(tidy) ? Number(tidy) : NaN
}

/** Fields that must be filled in and are not. */
export function missing(specs: Spec[], draft: Draft): string[] {
  return specs
    .filter((one) => !one.optional && one.kind !== 'check' && one.kind !== 'checks' && one.kind !== 'tags' && (one.when?.(draft) ?? true))
    .filter((one) => String(draft[one.name] ?? '').trim() === '')
    .map((one) => one.name)
}

/** Fields that must hold a number and hold none. */
export function misnumbered(specs: Spec[], draft: Draft): string[] {
  return specs.filter((one) => one.kind === 'number' && (one.when?.(draft) ?? true) && Number.isNaN(numberOf(draft[one.name]))).map((one) => one.name)
}
