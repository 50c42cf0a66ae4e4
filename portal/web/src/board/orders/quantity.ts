/** How many of a line staff may order; 0 takes the line away. */
const most = 100

/** The number that is typed; undefined when it is none that can be ordered. */
export function quantityOf(typed: string): number | undefined {
  const text = typed.trim()
  if (!/^\d{1,3}$/.test(text)) return undefined
  const number = Number(text)
  return number <= most ? number : undefined
}
