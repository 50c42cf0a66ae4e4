import { createHash } from 'node:crypto'
import { afterEach, expect, it, vi } from 'vitest'
import { prepareDigest, sha256 } from './digest'

afterEach(() => void vi.unstubAllGlobals())

it.each([0, 1, 55, 56, 63, 64, 65, 300_000])('is the same with and without https for %i bytes', async (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) % 256)
  const expected = createHash('sha256').update(bytes).digest('hex')
  const hex = (sum: Uint8Array) => Buffer.from(sum).toString('hex')
  expect(hex(await sha256(bytes))).toBe(expected)
  vi.stubGlobal('crypto', { getRandomValues: globalThis.crypto.getRandomValues })
  await prepareDigest()
  expect(hex(await sha256(bytes))).toBe(expected)
})
