import { describe, expect, it } from 'vitest'
import { fill } from './plural'

describe('fill', () => {
  const text = { one: '{n} printer', other: '{n} printers' }

  it('picks the form by number', () => {
    expect(fill(text, { n: 1 }, 'en')).toBe('1 printer')
    expect(fill(text, { n: 0 }, 'en')).toBe('0 printers')
    expect(fill({ one: '{n} skriver', other: '{n} skrivere' }, { n: 1 }, 'nb')).toBe('1 skriver')
    expect(fill({ one: '{n} skriver', other: '{n} skrivere' }, { n: 2 }, 'nb')).toBe('2 skrivere')
  })

  it('writes numbers as the language does', () => {
    expect(fill(text, { n: 12345 }, 'en')).toBe('12,345 printers')
    expect(fill({ other: '{n} skrivere' }, { n: 12345 }, 'nb')).toBe('12\u00a0345 skrivere')
  })

  it('leaves a parameter that was not given visible, and never reads inherited names', () => {
    expect(fill('To {name}', {}, 'en')).toBe('To {name}')
  })

  it('does not fill parameters inside values', () => {
    expect(fill('{a} {b}', { a: '{b}', b: 'x' }, 'en')).toBe('{b} x')
  })
})
