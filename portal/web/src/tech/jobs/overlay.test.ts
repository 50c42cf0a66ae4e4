import { create } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { describe, expect, it } from 'vitest'
import { RequestState, VisitState } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import type { Job } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import { JobSchema } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import type { Entry, Step } from '../queue/entry'
import { dayOf, inTheWay, lateness, nextStep, shown } from './overlay'

const job = (n: number, visitState = VisitState.ASSIGNED, allowed = ['accept', 'decline', 'depart']): Job =>
  create(JobSchema, { requestId: `r${n}`, visitId: `v${n}`, number: `SR-${n}`, state: RequestState.DISPATCHED, visitState, allowed })
const entry = (visitId: string, step: Step, state: Entry['state'] = 'waiting', answeredAt?: number): Entry => ({
  n: 1, id: `${visitId}${step}`, person: 'kari', requestId: '', visitId, number: '', account: '', step, pressedAt: 0, content: {}, state,
  ...(answeredAt === undefined ? {} : { answeredAt }),
})

describe('a job with what was pressed', () => {
  it('goes from step to step without a word from the server', () => {
    const steps: (string | undefined)[] = [nextStep(job(1))]
    const pressed: Entry[] = []
    for (const step of ['accept', 'depart', 'arrive'] as const) {
      pressed.push(entry('v1', step))
      steps.push(nextStep(shown(job(1), pressed, 0).job))
    }
    expect(steps).toEqual(['accept', 'depart', 'arrive', 'complete'])
    expect(shown(job(1), [...pressed, entry('v1', 'complete')], 0)).toMatchObject({ over: true, waiting: { length: 4 } })
  })

  it('does not go back when the server is further', () => {
    const there = job(1, VisitState.ON_SITE, ['complete', 'second_visit'])
    expect(shown(there, [entry('v1', 'depart')], 0).job.visitState).toBe(VisitState.ON_SITE)
  })

  it('is as the server says once it has been heard after the answer', () => {
    const sent = entry('v1', 'accept', 'sent', 1000)
    expect(shown(job(1), [sent], 999).job.visitState).toBe(VisitState.ACCEPTED)
    expect(shown(job(1), [sent], 1001).job.visitState).toBe(VisitState.ASSIGNED)
    expect(shown(job(1), [entry('v1', 'accept', 'refused', 1000)], 0).job.visitState).toBe(VisitState.ASSIGNED)
  })

  it('is not touched by a press on an earlier visit of the same request', () => {
    expect(shown(job(1), [entry('v0', 'complete')], 0)).toMatchObject({ over: false, waiting: [] })
  })
})

describe('the day', () => {
  it('begins with what is under way, else with the first in the planned order', () => {
    expect(dayOf([job(1), job(2)], []).next?.job.number).toBe('SR-1')
    const day = dayOf([job(1), job(2), job(3)], [entry('v3', 'depart'), entry('v1', 'decline')])
    expect(day.next?.job.number).toBe('SR-3')
    expect(day.later.map((one) => one.job.number)).toEqual(['SR-2'])
    expect(day.over.map((one) => one.job.number)).toEqual(['SR-1'])
    expect(inTheWay(job(2), day)?.number).toBe('SR-3')
    expect(inTheWay(job(3), day)).toBeUndefined()
  })

  it('has no place for what is over and sent', () => {
    const day = dayOf([job(1)], [entry('v1', 'complete', 'sent', 10)], 5)
    expect(day).toEqual({ next: undefined, later: [], over: [] })
  })
})

describe('lateness', () => {
  const at = (minutes: number) => timestampFromMs(minutes * 60_000)
  it.each([
    ['nothing has passed', { plannedArrival: at(20) }, undefined],
    ['the planned time', { plannedArrival: at(5) }, 'planned'],
    ['the agreed window, which is graver', { plannedArrival: at(5), agreedWindow: { start: at(1), end: at(9) } }, 'window'],
    ['the promise', { resolveBy: at(9) }, 'promise'],
    ['on site nothing is late any more', { plannedArrival: at(5), visitState: VisitState.ON_SITE }, undefined],
    ['on the way the plan no longer counts', { plannedArrival: at(5), visitState: VisitState.EN_ROUTE }, undefined],
  ])('%s', (_, of, expected) => expect(lateness(create(JobSchema, of), 10 * 60_000)).toBe(expected))
})
