import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en } from './en'
import { catalogues as loaders, chooseLanguage } from './language.svelte'
import type { App } from './language.svelte'
import { nb } from './nb'
import type { Text } from './plural'

const forms = (text: Text): string[] => (typeof text === 'string' ? [text] : Object.values(text))
const placeholders = (text: Text): string[] =>
  [...new Set(forms(text).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((m) => m[1] as string)))].sort()

const catalogues = { nb, en }

describe('the catalogues', () => {
  it('are all looked at here', () => expect(Object.keys(catalogues)).toEqual(Object.keys(loaders)))

  const [reference, ...others] = Object.entries(catalogues)
  const [, english] = reference as [string, Record<string, Text>]

  it.each(others)('%s has the same keys', (_, texts) => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort())
  })

  it.each(others)('%s has the same placeholders', (_, texts) => {
    for (const [key, text] of Object.entries(texts)) {
      expect(placeholders(text), key).toEqual(placeholders(english[key] as Text))
    }
  })

  it.each(Object.entries(catalogues))('%s has no empty text and every plural form it needs', (language, texts) => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    for (const [key, text] of Object.entries(texts as Record<string, Text>)) {
      for (const form of forms(text)) expect(form.trim(), key).not.toBe('')
      if (typeof text !== 'string') {
        for (const category of needed) expect(text, `${key}: ${category}`).toHaveProperty(category)
      }
    }
  })
})

/** Every source file that an entrance reaches by its imports, the catalogues and generated code aside. */
function reached(entrance: string): Set<string> {
  const found = new Set<string>()
  const look = (file: string) => {
    if (found.has(file) || /\/(gen|i18n\/(nb|en))\//.test(file)) return
    let source: string
    try {
      source = readFileSync(file, 'utf8')
    } catch {
      return
    }
    found.add(file)
    for (const [, target] of source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)) {
      const path = resolve(dirname(file), target as string)
      for (const end of ['', '.ts', '/index.ts']) if (/\.(ts|svelte)$/.test(path + end)) look(path + end)
    }
  }
  look(entrance)
  return found
}

describe.each(['portal', 'board', 'tech'] as const)('what %s says', (app: App) => {
  const files = reached(join(import.meta.dirname, '..', app, 'main.ts'))
  it('is found', () => expect(files.size).toBeGreaterThan(20))

  it.each(Object.entries(loaders))('is in its own catalogue of %s', async (_, apps) => {
    const texts = await apps[app]()
    const missing: string[] = []
    for (const file of files) {
      for (const [, key] of readFileSync(file, 'utf8').matchAll(/['`]([a-z_]+\.[a-z0-9_.]+)['`]/g)) {
        if (Object.hasOwn(en, key as string) && !Object.hasOwn(texts, key as string)) missing.push(`${key} in ${file}`)
      }
      for (const [, start] of readFileSync(file, 'utf8').matchAll(/`([a-z_]+\.[a-z0-9_.]*)\$\{/g)) {
        for (const key of Object.keys(en)) {
          if (key.startsWith(start as string) && !Object.hasOwn(texts, key)) missing.push(`${key} in ${file}`)
        }
      }
    }
    expect(missing).toEqual([])
  })
})

describe('chooseLanguage', () => {
  it.each([
    [null, ['nb-NO', 'en'], 'nb'],
    [null, ['no'], 'nb'],
    [null, ['nn-NO'], 'nb'],
    [null, ['en-GB'], 'en'],
    [null, ['fi', 'nb'], 'nb'],
    [null, ['fi'], 'en'],
    [null, [], 'en'],
    ['nb', ['en'], 'nb'],
    ['xx', ['nb'], 'nb'],
    ['toString', ['nb'], 'nb'],
  ])('stored %s, wanted %j: %s', (stored, wanted, expected) => {
    expect(chooseLanguage(stored, wanted)).toBe(expected)
  })
})
