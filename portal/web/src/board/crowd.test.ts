import { describe, expect, it } from 'vitest'
import { Crowd, onPlane } from './crowd'

const at = (longitude: number, latitude: number, stale = false) => ({ longitude, latitude, properties: { stale } })

describe('a crowd', () => {
  it('is drawn as the dots that are seen, each of which knows how many it stands for', () => {
    const crowd = new Crowd()
    for (let i = 0; i < 100; i++) crowd.put(`oslo-${i}`, at(10.75 + i * 1e-6, 59.91))
    crowd.put('tromso', at(18.95, 69.65))
    const far = crowd.thin(3.9)
    expect([...(far ?? [])].map(([id]) => id)).toEqual(['oslo-0', 'tromso'])
    expect([crowd.beside('oslo-0'), crowd.beside('tromso')]).toEqual([99, 0])
    expect(crowd.thin(3.1)).toBeUndefined()
  })

  it('adds up, however far one looks, and tells all apart when near enough', () => {
    const crowd = new Crowd()
    for (let i = 0; i < 500; i++) crowd.put(`${i}`, at(5 + (i % 25) * 0.11, 58 + Math.floor(i / 25) * 0.13))
    for (const zoom of [2, 4, 6, 8, 10]) {
      const shown = crowd.thin(zoom) as Map<string, unknown>
      expect([...shown.keys()].reduce((sum, id) => sum + 1 + crowd.beside(id), 0)).toBe(500)
    }
    crowd.thin(12)
    crowd.put('0', at(5, 58.0001))
    expect(crowd.thin(12)?.size).toBe(500)
  })

  it('shows who is fresh before who is not, and otherwise who was shown before', () => {
    const crowd = new Crowd()
    crowd.put('a', at(10, 60, true))
    crowd.put('b', at(10, 60))
    crowd.put('c', at(10, 60))
    expect([...(crowd.thin(5) ?? new Map()).keys()]).toEqual(['b'])
    crowd.put('0', at(10, 60))
    crowd.put('a', at(10, 60))
    expect([...(crowd.thin(5) ?? new Map()).keys()]).toEqual(['b'])
    crowd.put('b', at(10, 60, true))
    expect([...(crowd.thin(5) ?? new Map()).keys()]).toEqual(['a'])
    crowd.keepOnly(new Set(['b']))
    expect([...(crowd.thin(5) ?? new Map()).keys()]).toEqual(['b'])
    expect(crowd.size).toBe(1)
  })

  it('tells when there is nothing to draw anew', () => {
    const crowd = new Crowd()
    crowd.put('a', at(10, 60))
    expect(crowd.thin(5)).toBeDefined()
    expect(crowd.thin(5.5)).toBeUndefined()
    expect(crowd.thin(6)).toBeDefined()
    crowd.put('a', at(10, 60.1))
    expect(crowd.thin(6)).toBeDefined()
  })
})

it('the plane is that of web maps', () => {
  expect(onPlane(0, 0)).toEqual({ x: 0.5, y: 0.5 })
  expect(onPlane(-180, 85.0511287).y).toBeCloseTo(0, 3)
})
