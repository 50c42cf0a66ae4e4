/** Where the operator serves devices. */
const served = ['AT', 'BE', 'CH', 'DE', 'DK', 'ES', 'FI', 'FR', 'GB', 'HU', 'IE', 'IT', 'LU', 'NL', 'NO', 'PL', 'PT', 'SE', 'TR', 'ZA']

/** Codes and names of countries in the language, by name; the given one is among them. */
export function countries(language: string, present: string): { code: string; name: string }[] {
  const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'code' })
  const codes = /^[A-Z]{2}$/.test(present) && !served.includes(present) ? [...served, present] : served
  return codes
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, language))
}
