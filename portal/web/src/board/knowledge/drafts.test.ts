import { expect, it } from 'vitest'
import { articleContent, articleRead, halfWritten, slugOf } from './drafts'

it('leaves out a language in which nothing is written', () => {
  const draft = { ...articleRead(undefined).draft, slug: 'papirstopp', topic: '2', title_nb: 'Papirstopp', body_nb: 'Åpne luken.' }
  expect(articleContent(draft)).toEqual({ slug: 'papirstopp', topic: 2, models: [], texts: [{ language: 'nb', title: 'Papirstopp', body: 'Åpne luken.' }] })
  expect(halfWritten(draft)).toEqual([])
})

it('asks for the other half, and for something at all', () => {
  const empty = articleRead(undefined).draft
  expect(halfWritten(empty)).toEqual(['title_nb', 'body_nb'])
  expect(halfWritten({ ...empty, title_en: 'Paper jam' })).toEqual(['body_en'])
})

it.each([
  ['Papirstopp i skuff 2', 'papirstopp-i-skuff-2'],
  ['Måleravlesning – slik gjør du', 'maleravlesning-slik-gjor-du'],
  ['--- Ærlig!', 'aerlig'],
  ['日本', ''],
])('%s has the address %s', (title, slug) => expect(slugOf(title)).toBe(slug))
