import { describe, expect, it } from 'vitest'
import { boundsOf } from './view'

const at = (latitude: number, longitude: number) => ({ latitude, longitude })

describe('boundsOf', () => {
  it('is nothing of nothing, and a point of one', () => {
    expect(boundsOf([undefined, undefined])).toBeUndefined()
    expect(boundsOf([undefined, at(60, 10)])).toEqual([[10, 60], [10, 60]])
  })
  it('goes around both, whichever comes first', () => {
    expect(boundsOf([at(60, 11), at(59, 10)])).toEqual([[10, 59], [11, 60]])
  })
  it('goes the short way over the antimeridian', () => {
    expect(boundsOf([at(60, 179), at(61, -179)])).toEqual([[179, 60], [181, 61]])
  })
})
