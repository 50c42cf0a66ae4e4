import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { CandidateSchema, TechnicianSchema } from '../../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import { RequestSchema, RequestState } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { fitOf, fitOfCandidate, onDrop, wayToGive } from './fitness'

const candidate = (eligible: boolean, ...codes: string[]) =>
  create(CandidateSchema, { eligible, technician: { id: 'kari', onDuty: true }, reasons: codes.map((code) => ({ code, good: false })) })
const kari = create(TechnicianSchema, { id: 'kari', onDuty: true })
const request = create(RequestSchema, { id: 'r', state: RequestState.TO_BE_SCHEDULED })

describe('how a candidate fits', () => {
  it.each([
    [candidate(true, 'lacks_part'), 'good'],
    [candidate(false, 'not_free_in_window'), 'not_free'],
    [candidate(false, 'lacks_skill', 'not_free_in_window'), 'not_free'],
    [candidate(false, 'outside_territory', 'lacks_skill'), 'lacks_skill'],
    [candidate(false, 'outside_territory'), 'elsewhere'],
    [candidate(false, 'declined_before'), 'against'],
    [candidate(false, 'outside_shift'), 'against'],
  ] as const)('%#', (one, fit) => expect(fitOfCandidate(one)).toBe(fit))

  it('is asked for, unknown beyond the nearest, and none where they have it or are off duty', () => {
    expect(fitOf(kari, request, undefined)).toBe('asking')
    expect(fitOf(kari, request, new Map())).toBe('unknown')
    expect(fitOf(kari, request, new Map([['kari', candidate(true)]]))).toBe('good')
    expect(fitOf({ ...kari, onDuty: false }, request, new Map([['kari', candidate(true)]]))).toBe('off_duty')
    const hers = create(RequestSchema, { state: RequestState.DISPATCHED, visit: { technicianId: 'kari' } })
    expect(fitOf(kari, hers, new Map([['kari', candidate(true)]]))).toBe('has_it')
  })
})

it('nothing that speaks against somebody is passed over unasked', () => {
  expect(['good', 'unknown', 'asking'].map((fit) => onDrop(fit as never))).toEqual(['give', 'give', 'give'])
  expect(['lacks_skill', 'elsewhere', 'against'].map((fit) => onDrop(fit as never))).toEqual(['ask', 'ask', 'ask'])
  expect(['not_free', 'off_duty', 'has_it'].map((fit) => onDrop(fit as never))).toEqual(['back', 'back', 'back'])
})

it('what is at work or ended is given to nobody', () => {
  const at = (state: RequestState) => wayToGive(create(RequestSchema, { state }))
  expect([RequestState.TO_BE_SCHEDULED, RequestState.DISPATCHED, RequestState.EN_ROUTE].map(at)).toEqual(['assign', 'reassign', 'reassign'])
  expect([RequestState.ON_SITE, RequestState.COMPLETED, RequestState.CANCELLED].map(at)).toEqual([undefined, undefined, undefined])
})
