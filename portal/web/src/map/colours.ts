/** The page's colours by the names of its design tokens: a map draws on a canvas, which style sheets do not reach. */
export function colours(): (name: string) => string {
  const style = getComputedStyle(document.documentElement)
  return (name) => style.getPropertyValue(`--${name}`).trim()
}

/** Calls back when the page turns dark or light; the result ends that. */
export function onColoursChanged(change: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', change)
  return () => dark.removeEventListener('change', change)
}
