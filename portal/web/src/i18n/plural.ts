/** A text with forms by number; `other` is always there. The number is the parameter `n`. */
export interface Plural {
  one?: string
  few?: string
  many?: string
  other: string
}

export type Text = string | Plural

export type Params = Record<string, string | number>

/** Intl objects are dear to make, the first of a kind above all: one for each language, when one is needed. */
const rules = new Map<string, Intl.PluralRules>()
const numbers = new Map<string, Intl.NumberFormat>()

function formOf(n: number, language: string): keyof Plural {
  let made = rules.get(language)
  if (!made) rules.set(language, (made = new Intl.PluralRules(language)))
  return made.select(n) as keyof Plural
}

function written(n: number, language: string): string {
  // Whole numbers without a separator are written alike in every language we have.
  if (Number.isInteger(n) && n >= 0 && n < 1000) return String(n)
  let made = numbers.get(language)
  if (!made) numbers.set(language, (made = new Intl.NumberFormat(language)))
  return made.format(n)
}

/** Picks the form for `params.n` and puts the parameters in place of {name}. A missing one stays visible. */
export function fill(text: Text, params: Params | undefined, language: string): string {
  let pattern: string
  if (typeof text === 'string') {
    pattern = text
  } else {
    const n = Number(params?.n ?? 0)
    pattern = text[formOf(n, language)] ?? text.other
  }
  if (!params) return pattern
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? written(value, language) : value
  })
}
