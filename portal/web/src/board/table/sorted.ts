/** What a column sorts by. */
export type Cell = string | number | bigint | undefined

export interface Sort {
  column: number
  down: boolean
}

/** The order that an address names: "2" is by the third column, "-2" the other way round. Undefined for any other text. */
export function sortOf(text: string, columns: number): Sort | undefined {
  if (!/^-?\d{1,2}$/.test(text)) return undefined
  const column = Math.abs(Number(text))
  return column < columns ? { column, down: text.startsWith('-') } : undefined
}

/** What a press on a heading asks for: up, then down, then the server's own order again. */
export function nextSort(now: Sort | undefined, column: number): string {
  if (now?.column !== column) return String(column)
  return now.down ? '' : `-${column}`
}

/** The rows in order, by the language's alphabet and numbers in texts as numbers; rows without a value come last either way. */
export function sorted<T>(rows: readonly T[], by: (one: T) => Cell, down: boolean, language: string): T[] {
  const texts = new Intl.Collator(language, { numeric: true, sensitivity: 'base' })
  const missing = (cell: Cell) => cell === undefined || cell === ''
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one), by(other)]
    if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b))
    const order = typeof a === 'string' || typeof b === 'string' ? texts.compare(String(a), String(b)) : a! < b! ? -1 : a! > b! ? 1 : 0
    return down ? -order : order
  })
}
