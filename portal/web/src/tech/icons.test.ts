import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
// @ts-expect-error A script of the build, without types.
import { draw, icons, png } from '../../icons.mjs'

const folder = join(import.meta.dirname, '../../public')

/** The pixels of a PNG of one IDAT, each line with its filter before it. */
function pixelsOf(file: Buffer): Buffer {
  const at = file.indexOf('IDAT')
  return inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)))
}

it.each(icons as [string, number, string][])('%s is as icons.mjs draws it, and small', (name, size, shape) => {
  const kept = readFileSync(join(folder, name))
  expect([kept.readUInt32BE(16), kept.readUInt32BE(20)]).toEqual([size, size])
  expect(pixelsOf(kept).equals(pixelsOf(png(size, draw(size, shape))))).toBe(true)
  expect(kept.length).toBeLessThan(10_000)
})

it.each(['tech.webmanifest', 'manifest.webmanifest'])('%s names icons that are there, one of them to be cut out', (name) => {
  const { icons: named, start_url, scope } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
    icons: { src: string; sizes: string; purpose?: string }[]
    start_url: string
    scope: string
  }
  expect(start_url.startsWith(scope)).toBe(true)
  for (const { src, sizes } of named.filter((one) => one.src.endsWith('.png'))) {
    const file = readFileSync(join(folder, src))
    expect(sizes, src).toBe(`${file.readUInt32BE(16)}x${file.readUInt32BE(20)}`)
  }
  expect(named.some((one) => one.purpose === 'maskable')).toBe(true)
  expect(named.some((one) => one.sizes === '192x192' && one.purpose !== 'maskable')).toBe(true)
})
