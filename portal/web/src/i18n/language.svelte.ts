import type { Params, Text } from './plural'
import { fill } from './plural'
import type { en } from './en'

/**
 * Where the texts of a language are, for each of the three apps. A further language is one folder and three lines
 * here; only what the app says, in the language in use, is loaded.
 */
export const catalogues = {
  nb: {
    portal: () => import('./nb/portal.app').then(({ texts }) => texts),
    board: () => import('./nb/board.app').then(({ texts }) => texts),
    tech: () => import('./nb/tech.app').then(({ texts }) => texts),
  },
  en: {
    portal: () => import('./en/portal.app').then(({ texts }) => texts),
    board: () => import('./en/board.app').then(({ texts }) => texts),
    tech: () => import('./en/tech.app').then(({ texts }) => texts),
  },
} satisfies Record<string, Record<App, () => Promise<Partial<Catalogue>>>>

/** The three entrances. */
export type App = 'portal' | 'board' | 'tech'
export type Language = keyof typeof catalogues
export type TextKey = keyof typeof en
/** What every language must have: the same keys as English, no more and no fewer. */
export type Catalogue = Record<TextKey, Text>

/** What a language is called in itself. */
export const languageNames: Record<Language, string> = { nb: 'Norsk', en: 'English' }

export const languages = Object.keys(catalogues) as Language[]

const storageKey = 'utsendt.language'

/** The best language for what the browser asks for; Norwegian in any of its forms is bokmål here. */
export function chooseLanguage(stored: string | null, wanted: readonly string[]): Language {
  if (stored && Object.hasOwn(catalogues, stored)) return stored as Language
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0] ?? ''
    if (base === 'no' || base === 'nn') return 'nb'
    if (Object.hasOwn(catalogues, base)) return base as Language
  }
  return 'en'
}

function stored(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null // Storage is switched off: the browser's language serves.
  }
}

let current = $state<Language>(
  typeof navigator === 'undefined' ? 'en' : chooseLanguage(stored(), navigator.languages ?? []),
)
let texts = $state.raw<Partial<Catalogue>>({})
let app: App = 'portal'

/** Loads what an app says in the page's language: to be waited for before anything is shown. */
export async function loadTexts(of: App): Promise<void> {
  app = of
  texts = await catalogues[current][app]()
}

/** The language of the page. Reading it in a component makes the component follow it. */
export function language(): Language {
  return current
}

/** Changes the language of the page and remembers it in this browser. Fails when the texts cannot be loaded. */
export async function setLanguage(next: Language): Promise<void> {
  texts = await catalogues[next][app]()
  current = next
  try {
    localStorage.setItem(storageKey, next)
  } catch {
    // Storage is switched off: it holds until the page is left.
  }
  // The server names the texts' files in the page it sends. A cookie is all that it sees of this browser's choices.
  if (typeof document !== 'undefined') document.cookie = `utsendt_language=${next}; path=/; max-age=31536000; samesite=lax`
}

/** The text of a key in the page's language. */
export function t(key: TextKey, params?: Params): string {
  // catalogue.test.ts holds that an app has every text it uses.
  return fill(texts[key] ?? key, params, current)
}

/** True when there is a text of this key: for keys made from what the server sends. */
export function hasText(key: string): key is TextKey {
  return Object.hasOwn(texts, key)
}
