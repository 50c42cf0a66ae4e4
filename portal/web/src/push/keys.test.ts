import { expect, it } from 'vitest'
import { toBase64Url } from './keys'

it('writes keys as base64url without padding', () => {
  expect(toBase64Url(Uint8Array.from([255, 239, 190, 62]).buffer)).toBe('_---Pg')
  expect(toBase64Url(null)).toBe('')
})
