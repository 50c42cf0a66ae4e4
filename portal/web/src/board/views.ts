import type { TextKey } from '../i18n/language.svelte'
import { language } from '../i18n/language.svelte'

/** What is shown, with a name; its query is what the address has after the "?". */
export interface View {
  name: string
  query: string
}

/** What everyone has from the start; their names are texts. */
export const defaults: { text: TextKey; query: string }[] = [
  { text: 'view.all', query: '' },
  { text: 'view.waiting', query: 'state=waiting' },
  { text: 'view.overdue', query: 'due=overdue' },
  { text: 'view.soon', query: 'due=soon' },
  { text: 'view.under_way', query: 'state=en_route,on_site' },
]

/** What is shown of the board as the part of an address after the "?": the filter, and whether the map has homes on it. */
export function writeView(query: string, homes: boolean): string {
  return [query, homes ? 'homes=1' : ''].filter(Boolean).join('&')
}

/** Whether a view has the homes of technicians on its map. */
export const withHomes = (view: string): boolean => new URLSearchParams(view).get('homes') === '1'

const key = 'utsendt.board.views'
/** More than anyone finds their way in. */
const most = 30

/** This browser's own views, by name. Anything broken in the storage reads as none. */
export function readViews(storage: Pick<Storage, 'getItem'>): View[] {
  try {
    const list: unknown = JSON.parse(storage.getItem(key) ?? '[]')
    if (!Array.isArray(list)) return []
    return list.filter((one): one is View => typeof one?.name === 'string' && typeof one?.query === 'string').slice(0, most)
  } catch {
    return []
  }
}

/** The views with one more, or with another filter under the same name. */
export function withView(views: readonly View[], { name, query }: View): View[] {
  const trimmed = name.trim().slice(0, 60)
  return [...views.filter((one) => one.name !== trimmed), { name: trimmed, query }]
    .sort((a, b) => a.name.localeCompare(b.name, language())).slice(0, most)
}

/** False when the browser keeps nothing: the views then last as long as the page. */
export function writeViews(storage: Pick<Storage, 'setItem'>, views: readonly View[]): boolean {
  try {
    storage.setItem(key, JSON.stringify(views))
    return true
  } catch {
    return false
  }
}
