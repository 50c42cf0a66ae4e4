import { create } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { describe, expect, it } from 'vitest'
import { TechnicianSchema } from '../../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import { RequestSchema, RequestState } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { daysOf, doingNow, fits, lateness } from './plan'
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
    expect(doingNow({ seen: seen('x'), today: [], later: [] })).toBeUndefined()
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
