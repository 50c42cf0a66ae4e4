import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { describe, expect, it } from 'vitest'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { stepsOf } from './StatusSteps.svelte'

const at = (minute: number) => timestampFromDate(new Date(Date.UTC(2025, 2, 3, 12, minute)))
const shown = (request: Parameters<typeof stepsOf>[0]) => stepsOf(request).map((step) => [step.progress, !!step.at])

describe('stepsOf', () => {
  it('shows where an open request stands', () => {
    expect(shown({ state: RequestState.EN_ROUTE, openedAt: at(0), dispatchedAt: at(1), enRouteAt: at(2) })).toEqual([
      ['done', true],
      ['done', true],
      ['now', true],
      ['ahead', false],
    ])
  })

  it('does not show the times of a visit that was called back', () => {
    expect(shown({ state: RequestState.TO_BE_SCHEDULED, openedAt: at(0), dispatchedAt: at(1), enRouteAt: at(2) })).toEqual([
      ['now', true],
      ['ahead', false],
      ['ahead', false],
      ['ahead', false],
    ])
  })

  it('ends with Completed, or with Cancelled and what was skipped', () => {
    const completed = { openedAt: at(0), dispatchedAt: at(1), enRouteAt: at(2), onSiteAt: at(3), endedAt: at(4) }
    expect(shown({ state: RequestState.COMPLETED, ...completed }).at(-1)).toEqual(['now', true])
    expect(shown({ state: RequestState.CANCELLED, openedAt: at(0), dispatchedAt: at(1), endedAt: at(2) })).toEqual([
      ['done', true],
      ['done', true],
      ['skipped', false],
      ['skipped', false],
      ['now', true],
    ])
  })
})
