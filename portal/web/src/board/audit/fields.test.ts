import { expect, it } from 'vitest'
import { fieldOf, plain } from './fields'

it('finds fields within fields, and nothing where there is none', () => {
  const line = { name: 'A', address: { city: 'Oslo', lines: ['x'] } }
  expect(fieldOf(line, 'name')).toBe('A')
  expect(fieldOf(line, 'address.city')).toBe('Oslo')
  expect(fieldOf(line, 'address.lines.0')).toBeUndefined()
  expect(fieldOf(line, 'toString')).toBeUndefined()
  expect(fieldOf(undefined, 'name')).toBeUndefined()
  expect(fieldOf('whole', '')).toBe('whole')
})

it('writes a value for people', () => {
  expect(plain(undefined)).toBe('–')
  expect(plain(null)).toBe('–')
  expect(plain(false)).toBe('false')
  expect(plain(0)).toBe('0')
  expect(plain(['a'])).toBe('["a"]')
})
