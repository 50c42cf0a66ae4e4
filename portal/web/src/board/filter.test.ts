import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { FaultCategory, RequestSchema, RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import type { Filter } from './filter'
import { count, everything, matcher, readFilter, soonMs, writeFilter } from './filter'
import { defaults, readViews, withView, writeViews } from './views'

const now = 1_000_000_000
const at = (ms: number) => ({ seconds: BigInt(Math.floor((now + ms) / 1000)) })
const requests = [
  create(RequestSchema, { id: 'a', number: 'SR-1', state: RequestState.TO_BE_SCHEDULED, category: FaultCategory.NOISE, accountId: 'k1', accountName: 'Testkunde Én', respondBy: at(-60_000), place: { postalCode: '5003', city: 'Bergen' } }),
  create(RequestSchema, { id: 'b', number: 'SR-2', state: RequestState.EN_ROUTE, category: FaultCategory.NOISE, accountId: 'k2', accountName: 'Testkunde To', respondBy: at(60_000), place: { postalCode: '0155', city: 'Oslo' }, visit: { technicianId: 't', technicianName: 'Testa Tekniker' } }),
  create(RequestSchema, { id: 'c', number: 'SR-3', state: RequestState.DISPATCHED, category: FaultCategory.OTHER, accountId: 'k1', accountName: 'Testkunde Én', respondBy: at(soonMs * 2), place: { postalCode: '5055', city: 'Bergen' }, visit: { technicianId: 't', technicianName: 'Testa Tekniker' } }),
]
const around = { now, changed: (one: { id: string }) => one.id === 'c' }
const ids = (part: Partial<Filter>) => requests.filter(matcher({ ...everything, ...part }, around)).map((one) => one.id)

describe('the filter', () => {
  it('lets through what all its parts do', () => {
    expect(ids({})).toEqual(['a', 'b', 'c'])
    expect(ids({ states: [RequestState.EN_ROUTE, RequestState.DISPATCHED] })).toEqual(['b', 'c'])
    expect(ids({ due: 'overdue' })).toEqual(['a'])
    expect(ids({ due: 'soon' })).toEqual(['b'])
    expect(ids({ categories: [FaultCategory.NOISE], postal: '50' })).toEqual(['a'])
    expect(ids({ technician: 't' })).toEqual(['b', 'c'])
    expect(ids({ technician: 'none' })).toEqual(['a'])
    expect(ids({ account: 'k1' })).toEqual(['a', 'c'])
    expect(ids({ text: ' bergen  TESTA' })).toEqual(['c'])
    expect(ids({ changed: true })).toEqual(['c'])
  })

  it('is the same after a way through the address', () => {
    const filter: Filter = {
      states: [RequestState.DISPATCHED, RequestState.ON_SITE], due: 'soon', categories: [FaultCategory.PAPER_JAM, FaultCategory.OTHER],
      postal: '50', technician: 'none', account: 'k1', text: 'æ & ø?', changed: true,
    }
    expect(readFilter(`?${writeFilter(filter)}`)).toEqual(filter)
    expect(writeFilter(everything)).toBe('')
    expect(readFilter('')).toEqual(everything)
  })

  it('reads an address that nobody wrote as one that shows more', () => {
    expect(readFilter('?state=nonsense,en_route&due=never&category=UNSPECIFIED,noise&changed=yes&request=x')).toEqual({
      ...everything, states: [RequestState.EN_ROUTE], categories: [FaultCategory.NOISE],
    })
  })

  it('counts for each choice what it would show, given the rest', () => {
    const counts = count(requests, { ...everything, states: [RequestState.DISPATCHED], technician: 't' }, around)
    // Other states are counted as if no state were chosen, but for that technician only.
    expect([...counts.states]).toEqual([[RequestState.EN_ROUTE, 1], [RequestState.DISPATCHED, 1]])
    expect([...counts.technicians]).toEqual([['t', { n: 1, name: 'Testa Tekniker' }]])
    expect([...counts.postal]).toEqual([['50', { n: 1, name: 'Bergen' }]])
    expect(count(requests, everything, around)).toMatchObject({ overdue: 1, soon: 1, changed: 1, noTechnician: 1 })
    for (const [state, n] of count(requests, everything, around).states) expect(ids({ states: [state] })).toHaveLength(n)
  })
})

describe('views', () => {
  const storage = () => {
    const kept = new Map<string, string>()
    return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
  }

  it('keeps named filters and survives what is broken', () => {
    const kept = storage()
    expect(readViews(kept)).toEqual([])
    const views = withView(withView([], { name: ' Vest ', query: 'postal=50' }), { name: 'Vest', query: 'postal=5' })
    expect(views).toEqual([{ name: 'Vest', query: 'postal=5' }])
    expect(writeViews(kept, views)).toBe(true)
    expect(readViews(kept)).toEqual(views)
    kept.setItem('utsendt.board.views', '{"not": "a list"}')
    expect(readViews(kept)).toEqual([])
    kept.setItem('utsendt.board.views', '[{"name": 1}, null')
    expect(readViews(kept)).toEqual([])
    expect(writeViews({ setItem: () => { throw new Error('full') } }, views)).toBe(false)
  })

  it('begins with a set whose addresses are as the filter writes them', () => {
    for (const { query } of defaults) expect(writeFilter(readFilter(query))).toBe(query)
  })
})
