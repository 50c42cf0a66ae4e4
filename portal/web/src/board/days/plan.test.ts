import { create } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { describe, expect, it } from 'vitest'
import { EndedVisitSchema, TechnicianSchema } from '../../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import { RequestSchema, RequestState, VisitState } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { daysOf, doingNow, fits, lateness, totalsOf } from './plan'
import type { Stop } from './plan'

const noon = Date.parse('2025-03-03T12:00:00Z')
const minutes = (n: number) => timestampFromMs(noon + n * 60_000)
const seen = (id: string) => ({ technician: create(TechnicianSchema, { id, firstName: id, lastName: 'Prøve', skills: ['laser'], onDuty: true }), positionAt: noon })

/** A request with this technician, who leaves, is there half an hour later, and done an hour after that. */
function given(number: string, technicianId: string, leaves: number, more: Record<string, unknown> = {}) {
  return create(RequestSchema, {
    id: number, number, state: RequestState.DISPATCHED, place: { city: 'Oslo', timeZone: 'Europe/Oslo' },
    visit: { technicianId, planned: { start: minutes(leaves), end: minutes(leaves + 90) }, plannedArrival: minutes(leaves + 30) },
    ...more,
  })
}

describe('the days', () => {
  const [kari, ola] = daysOf(
    [given('C', 'kari', 24 * 60), given('B', 'kari', 120), given('A', 'kari', -10, { state: RequestState.EN_ROUTE }), given('D', 'ola', -60 * 26), create(RequestSchema, { id: 'Q', number: 'Q' })],
    [seen('kari'), seen('ola')],
    noon,
  )

  it('hold each job once, in the planned order, tomorrow apart', () => {
    expect(kari?.today.map((one) => one.request.number)).toEqual(['A', 'B'])
    expect(kari?.later.map((one) => one.request.number)).toEqual(['C'])
    expect(kari?.today[0]?.travelSeconds).toBe(1800)
  })

  it('keep in sight what was planned for yesterday and is not done', () => expect(ola?.today.map((one) => one.request.number)).toEqual(['D']))

  it('say what somebody does now', () => {
    expect(kari && doingNow(kari)?.kind).toBe('en_route')
    expect(ola && doingNow(ola)?.kind).toBe('next')
    expect(doingNow({ seen: seen('x'), ended: [], today: [], later: [] })).toBeUndefined()
  })

  it('end by the clock of the site, not of the office', () => {
    const tokyo = { place: { city: 'Tokyo', timeZone: 'Asia/Tokyo' } }
    // 23:30 and 00:30 in Tokyo.
    const [day] = daysOf([given('A', 'kari', 150, tokyo), given('B', 'kari', 210, tokyo)], [seen('kari')], noon)
    expect([day?.today.length, day?.later.length]).toEqual([1, 1])
  })

  it('are found by name, skill, customer and place', () => {
    if (!kari) throw new Error('no day')
    expect([['kari'], ['laser', 'oslo'], ['b']].map((words) => fits(kari, words))).toEqual([true, true, true])
    expect(fits(kari, ['kari', 'bergen'])).toBe(false)
  })
})

describe('late', () => {
  const stop = (request: ReturnType<typeof given>) => ({ request, visit: request.visit, travelSeconds: 0 }) as Stop
  it.each([
    ['in time', given('A', 'k', 0), undefined],
    ['arrives after the promise', given('A', 'k', 0, { respondBy: minutes(29) }), 'promise'],
    ['arrives at the promise', given('A', 'k', 0, { respondBy: minutes(30) }), undefined],
    ['arrives when the window is over', given('A', 'k', 0, { window: { start: minutes(0), end: minutes(30) } }), 'window'],
    ['should be there', given('A', 'k', -31), 'start'],
    ['is there, and will be done in time', given('A', 'k', -31, { state: RequestState.ON_SITE, resolveBy: minutes(60) }), undefined],
    ['is there, and will not be', given('A', 'k', -31, { state: RequestState.ON_SITE, resolveBy: minutes(58) }), 'promise'],
  ] as const)('%s', (_, request, kind) => expect(lateness(stop(request), noon)?.kind).toBe(kind))
})

describe('a whole day', () => {
  const over = (number: string, ended: number, more: Record<string, unknown> = {}) =>
    create(EndedVisitSchema, {
      requestNumber: number, timeZone: 'Europe/Oslo', accountName: 'Eksempel AS', city: 'Bergen',
      visit: { id: number, technicianId: 'kari', state: VisitState.DONE, enRouteAt: minutes(ended - 90), onSiteAt: minutes(ended - 60), endedAt: minutes(ended), ...more },
    })
  const day = (requests: ReturnType<typeof given>[], ...ended: ReturnType<typeof over>[]) => {
    const [found] = daysOf(requests, [seen('kari')], noon, ended)
    if (!found) throw new Error('no day')
    return found
  }

  it('holds what ended today, not yesterday', () => {
    const kari = day([], over('A', -60), over('Y', -60 * 14), over('B', -5))
    expect(kari.ended.map((one) => one.requestNumber)).toEqual(['A', 'B'])
    expect(fits(kari, ['bergen'])).toBe(true)
  })

  it('counts jobs and driving; what was cancelled is no job', () => {
    const kari = day([given('C', 'kari', -60, { state: RequestState.ON_SITE }), given('D', 'kari', 120)], over('A', -60), over('X', -50, { state: VisitState.CANCELLED, enRouteAt: undefined, onSiteAt: undefined }))
    expect(totalsOf(kari, noon)).toMatchObject({ done: 1, all: 3, driving: 3 * 1800 })
  })

  it.each([
    ['nothing is planned', [], { kind: 'rest' }],
    ['they leave in two hours', [given('A', 'kari', 120)], { kind: 'until', at: minutes(120) }],
    ['they leave in ten minutes', [given('A', 'kari', 10)], { kind: 'from', at: minutes(100) }],
    ['they are at work, and go on at once', [given('A', 'kari', -60, { state: RequestState.ON_SITE }), given('B', 'kari', 35)], { kind: 'from', at: minutes(125) }],
    ['they are at work, and then there is a gap', [given('A', 'kari', -60, { state: RequestState.ON_SITE }), given('B', 'kari', 60)], { kind: 'from', at: minutes(30) }],
    ['what was planned is over, and was not begun', [given('A', 'kari', -180)], { kind: 'rest' }],
  ] as const)('says when there is time: %s', (_, requests, free) => expect(totalsOf(day([...requests]), noon).free).toMatchObject(free))
})
