import { expect, it } from 'vitest'
import { countries } from './countries'

it('are by name in the language, with the present one among them', () => {
  const norwegian = countries('nb', 'IS').map((one) => one.name)
  expect(norwegian).toContain('Norge')
  expect(norwegian).toContain('Island')
  expect(norwegian.indexOf('Norge')).toBeLessThan(norwegian.indexOf('Østerrike'))
  expect(norwegian.at(-1)).toBe('Østerrike')
  expect(countries('en', 'NO').filter((one) => one.code === 'NO')).toEqual([{ code: 'NO', name: 'Norway' }])
  expect(countries('en', '').length).toBe(20)
})
