import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { describe, expect, it } from 'vitest'
import { DevicePlansSchema, PlannedVisitSchema, TonerDueSchema } from '../gen/utsendt/portal/v1/device_life_pb.js'
import { comesInTime, visitAt } from './plans'

const at = (text: string) => timestampFromDate(new Date(text))
const plans = (visit?: { windowStart?: ReturnType<typeof at>; expectedAt?: ReturnType<typeof at> }) => create(DevicePlansSchema, visit ? { visit: create(PlannedVisitSchema, visit) } : {})
const due = (text: string) => create(TonerDueSchema, { runsOutAt: at(text) })
const now = at('2026-03-02T09:00:00Z')

describe('what can go along', () => {
  it('needs a visit whose time is known', () => {
    expect(visitAt(plans())).toBeUndefined()
    expect(comesInTime(plans(), due('2026-04-01T00:00:00Z'), now)).toBe(false)
    expect(comesInTime(plans({}), due('2026-04-01T00:00:00Z'), now)).toBe(false)
    expect(comesInTime(undefined, due('2026-04-01T00:00:00Z'), now)).toBe(false)
  })
  it('needs the visit before the toner is empty', () => {
    const visit = plans({ expectedAt: at('2026-03-10T09:00:00Z') })
    expect(comesInTime(visit, due('2026-03-11T00:00:00Z'), now)).toBe(true)
    expect(comesInTime(visit, due('2026-03-09T00:00:00Z'), now)).toBe(false)
    expect(comesInTime(visit, due('2026-03-01T00:00:00Z'), now)).toBe(true)
  })
  it('goes by the agreed window before the plan', () => {
    const visit = plans({ windowStart: at('2026-03-20T09:00:00Z'), expectedAt: at('2026-03-10T09:00:00Z') })
    expect(visitAt(visit)).toEqual(at('2026-03-20T09:00:00Z'))
  })
})
