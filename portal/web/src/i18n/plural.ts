/** A text with forms by number; `other` is always there. The number is the parameter `n`. */
export interface Plural {
  one?: string
  few?: string
  many?: string
  other: string
}

export type Text = string | Plural

export type Params = Record<string, string | number>

/** Picks the form for `params.n` and puts the parameters in place of {name}. A missing one stays visible. */
export function fill(text: Text, params: Params | undefined, language: string): string {
  let pattern: string
  if (typeof text === 'string') {
    pattern = text
  } else {
    const n = Number(params?.n ?? 0)
    pattern = text[new Intl.PluralRules(language).select(n) as keyof Plural] ?? text.other
  }
  if (!params) return pattern
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value
  })
}
