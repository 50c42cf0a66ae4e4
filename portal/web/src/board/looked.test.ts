import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { RequestSchema } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { isChanged, lookedAt, lookedAtAll, readLooked, writeLooked } from './looked'

const request = (id: string, version: bigint, seconds: number) => create(RequestSchema, { id, version, latest: { sequence: version, at: { seconds: BigInt(seconds) } } })

describe('what changed since one looked', () => {
  it('is nothing before the first look', () => {
    expect(isChanged(request('a', 1n, 100), undefined)).toBe(false)
  })

  it('is what was done after it, until it is looked at', () => {
    const looked = lookedAtAll([request('a', 3n, 1000), request('b', 1n, 500)])
    expect(isChanged(request('a', 3n, 1000), looked)).toBe(false)
    expect(isChanged(request('b', 1n, 500), looked)).toBe(false)
    const next = request('b', 2n, 1500)
    expect(isChanged(next, looked)).toBe(true)
    const seen = lookedAt(next, looked)
    expect(isChanged(next, seen)).toBe(false)
    expect(isChanged(request('b', 3n, 1600), seen)).toBe(true)
    expect(lookedAt(next, seen)).toBe(seen)
  })

  it('misses nothing that was done at the same time and came later', () => {
    const looked = lookedAtAll([request('a', 3n, 1000)])
    expect(isChanged(request('c', 1n, 998), looked)).toBe(true)
  })

  it('knows what one did oneself, though the answer does not say when', () => {
    const looked = lookedAtAll([request('a', 3n, 1000)])
    const answer = create(RequestSchema, { id: 'a', version: 4n })
    expect(isChanged(request('a', 4n, 2000), lookedAt(answer, looked))).toBe(false)
  })

  it('survives the page, for each person, and what is broken in the storage', () => {
    const kept = new Map<string, string>()
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
    const looked = lookedAtAll([request('a', 3n, 1000)])
    expect(writeLooked(storage, 'one', looked)).toBe(true)
    expect(readLooked(storage, 'one')).toEqual(looked)
    expect(readLooked(storage, 'two')).toBeUndefined()
    for (const broken of ['{', '3', '{"until": 1}', '{"until":"x","versions":{}}']) {
      kept.set('utsendt.board.looked.one', broken)
      expect(readLooked(storage, 'one')).toBeUndefined()
    }
    kept.set('utsendt.board.looked.one', '{"until":1,"versions":{"a":"x","b":"2"}}')
    expect(readLooked(storage, 'one')).toEqual({ until: 1, versions: { b: '2' } })
  })
})
