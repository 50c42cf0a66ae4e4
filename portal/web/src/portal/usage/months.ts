import { language } from '../../i18n/language.svelte'

const format = (month: string, options: Intl.DateTimeFormatOptions): string => {
  const at = new Date(`${month}-01T12:00:00Z`)
  if (Number.isNaN(at.getTime())) return month
  return new Intl.DateTimeFormat(language() === 'en' ? 'en-GB' : language(), { ...options, timeZone: 'UTC' }).format(at)
}

/** "March 2026", of "2026-03". */
export const monthWords = (month: string): string => format(month, { month: 'long', year: 'numeric' })

/** "Mar", of "2026-03", for an axis. */
export const monthShort = (month: string): string => format(month, { month: 'short' }).replace('.', '')
