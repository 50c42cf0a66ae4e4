import { expect, test } from 'vitest'
import { claimTab, clearTab } from './tab'

function storage(): Storage {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    clear: () => kept.clear(),
    key: () => null,
    get length() {
      return kept.size
    },
  }
}

test('what is typed stays for whoever typed it, and for nobody else', () => {
  const tab = storage()
  claimTab('ada', () => tab)
  tab.setItem('utsendt.report.X1', 'typed')
  claimTab('ada', () => tab)
  expect(tab.getItem('utsendt.report.X1')).toBe('typed')
  claimTab('bo', () => tab)
  expect(tab.getItem('utsendt.report.X1')).toBeNull()
  tab.setItem('utsendt.report.X1', 'typed by Bo')
  clearTab(() => tab)
  expect(tab.length).toBe(0)
})

test('a browser without storage is no fault', () => {
  const none = () => {
    throw new DOMException('off', 'SecurityError')
  }
  expect(() => claimTab('ada', none)).not.toThrow()
  expect(() => clearTab(none)).not.toThrow()
})
