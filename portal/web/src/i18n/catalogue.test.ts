import { describe, expect, it } from 'vitest'
import { en } from './en'
import { catalogues as loaders, chooseLanguage } from './language.svelte'
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
