import { expect, it } from 'vitest'
import { decline, declined } from './offer'

function store() {
  const kept = new Map<string, string>()
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
}

it('keeps a no of each person, and of nobody else', () => {
  const browser = store()
  decline('a', browser)
  decline('b', browser)
  decline('a', browser)
  expect([declined('a', browser), declined('b', browser), declined('c', browser)]).toEqual([true, true, false])
})

it('does not grow for ever', () => {
  const browser = store()
  for (let i = 0; i < 50; i++) decline(`p${i}`, browser)
  expect([declined('p49', browser), declined('p40', browser), declined('p0', browser)]).toEqual([true, true, false])
})

it('without storage asks again, and does not fail', () => {
  const broken = {
    getItem: (): string => {
      throw new Error('storage is off')
    },
    setItem: () => {},
  }
  decline('a', broken)
  expect(declined('a', broken)).toBe(false)
})
