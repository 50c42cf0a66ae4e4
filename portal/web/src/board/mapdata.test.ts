import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { TechnicianSchema } from '../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import { RequestSchema, RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { ageOf, requestPoints, technicianPoints, wayBetween } from './mapdata'

const technician = (more: object) => ({
  technician: create(TechnicianSchema, {
    id: 't', firstName: 'Testa', lastName: 'Tekniker', onDuty: true,
    position: { point: { latitude: 60, longitude: 10 }, ageSeconds: 50n }, ...more,
  }),
  positionAt: 1_000_000,
})

describe('what the map shows', () => {
  it('ages a position between two reports', () => {
    expect(ageOf(technician({}), 1_000_000)).toBe(50)
    expect(ageOf(technician({}), 1_011_000)).toBe(61)
    expect(ageOf(technician({}), 900_000)).toBe(50)
  })

  it('shows technicians on duty whose position is known, and whether it is fresh', () => {
    const points = technicianPoints([technician({}), technician({ onDuty: false }), technician({ position: undefined })], 1_020_000)
    expect(points.features).toHaveLength(1)
    expect(points.features[0]?.properties).toMatchObject({ name: 'Testa Tekniker', occupation: 'free', stale: true })
    expect(technicianPoints([technician({ currentRequestId: 'r' })], 1_000_000).features[0]?.properties).toMatchObject({ occupation: 'work', stale: false })
  })

  it('shows requests that have a place, and which one is chosen', () => {
    const placed = create(RequestSchema, { id: 'a', number: 'SR-1', state: RequestState.EN_ROUTE, place: { point: { latitude: 60, longitude: 10 } } })
    const points = requestPoints([placed, create(RequestSchema, { id: 'b' })], 'a')
    expect(points.features.map((one) => [one.geometry.coordinates, one.properties])).toEqual([
      [[10, 60], { id: 'a', number: 'SR-1', state: 'en_route', chosen: true }],
    ])
  })

  it('draws no way where an end is unknown', () => {
    expect(wayBetween(undefined, { longitude: 1, latitude: 2 }).features).toEqual([])
    expect(wayBetween({ longitude: 0, latitude: 0 }, { longitude: 1, latitude: 2 }).features).toHaveLength(1)
  })
})
