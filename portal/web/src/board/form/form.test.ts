import { describe, expect, it } from 'vitest'
import { merge } from './merge'
import { fieldOf, misnumbered, missing, numberOf } from './spec'
import type { Spec } from './spec'

describe('two change the same', () => {
  const base = { name: 'Eksempel AS', city: 'Oslo', skills: ['colour'], active: true }

  it('takes what only the other changed, keeps what only I did', () => {
    const got = merge(base, { ...base, name: 'Mitt AS' }, { ...base, city: 'Bergen', skills: ['colour', 'a3'] })
    expect(got.draft).toEqual({ name: 'Mitt AS', city: 'Bergen', skills: ['colour', 'a3'], active: true })
    expect(got.taken.map((one) => one.name)).toEqual(['city', 'skills'])
    expect(got.conflicts).toEqual([])
  })

  it('keeps what I typed where both changed it, and says so', () => {
    const got = merge(base, { ...base, name: 'Mitt AS' }, { ...base, name: 'Deres AS' })
    expect(got.draft.name).toBe('Mitt AS')
    expect(got.conflicts).toEqual([{ name: 'name', was: 'Eksempel AS', theirs: 'Deres AS' }])
  })

  it('is no conflict when both did the same', () => {
    const both = { ...base, active: false }
    expect(merge(base, both, both)).toEqual({ draft: both, taken: [], conflicts: [] })
  })
})

it.each([
  ['fields.name', 'name'],
  ['fields.van_stock[2].quantity', 'quantity'],
  ['fields.skills[0]', 'skills'],
  ['content.texts.1.title', 'title'],
  ['', ''],
])('%s stands by %s', (field, name) => expect(fieldOf(field)).toBe(name))

it.each([
  ['', undefined],
  ['59,91', 59.91],
  ['-10.5', -10.5],
  ['12 000', 12000],
  ['twelve', NaN],
  ['1e3', NaN],
])('%s is the number %s', (text, value) => expect(numberOf(text)).toEqual(value))

it('asks for what must be filled in, where it matters', () => {
  const specs: Spec[] = [
    { name: 'name', label: '' },
    { name: 'note', label: '', optional: true },
    { name: 'account_id', label: '', when: (draft) => draft.role === '1' },
    { name: 'ppm', label: '', kind: 'number' },
  ]
  expect(missing(specs, { name: ' ', role: '1' })).toEqual(['name', 'account_id', 'ppm'])
  expect(missing(specs, { name: 'x', role: '2', ppm: 'y' })).toEqual([])
  expect(misnumbered(specs, { ppm: 'y' })).toEqual(['ppm'])
})
