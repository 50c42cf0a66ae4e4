import { expect, it } from 'vitest'
import { readLooked, writeLooked } from '../board/looked'
import { readViews, writeViews } from '../board/views'
import { decline, declined } from '../portal/offer'
import { browserStorage } from './browserstorage'

it('a browser that keeps nothing breaks nothing', () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new DOMException('denied', 'SecurityError')
    },
  })
  try {
    expect(readLooked(browserStorage, 'one')).toBeUndefined()
    expect(writeLooked(browserStorage, 'one', { until: 1, versions: {} })).toBe(false)
    expect(readViews(browserStorage)).toEqual([])
    expect(writeViews(browserStorage, [])).toBe(false)
    decline('one')
    expect(declined('one')).toBe(false)
  } finally {
    if (before) Object.defineProperty(globalThis, 'localStorage', before)
    else Reflect.deleteProperty(globalThis, 'localStorage')
  }
})
