import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { TechnicianSchema } from '../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import { RequestSchema, RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { Drawn } from './drawn'
import { ageOf, boundsOf, homePoint, metresBetween, requestPoint, technicianPoint, wayBetween } from './mapdata'

const technician = (more: object) => ({
  technician: create(TechnicianSchema, {
    id: 't', firstName: 'Testa', lastName: 'Tekniker', onDuty: true,
    position: { point: { latitude: 60, longitude: 10 }, ageSeconds: 50n, heading: 92, speed: 10 }, ...more,
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
    expect(technicianPoint(technician({ onDuty: false }), 0)).toBeUndefined()
    expect(technicianPoint(technician({ position: undefined }), 0)).toBeUndefined()
    expect(technicianPoint(technician({}), 1_020_000)?.properties).toEqual({ name: 'Testa Tekniker', occupation: 'free', stale: true })
    expect(technicianPoint(technician({ currentRequestId: 'r' }), 1_000_000)?.properties).toMatchObject({ occupation: 'work', stale: false, heading: 90 })
  })

  it('shows no way of those who stand still', () => {
    const still = { point: { latitude: 60, longitude: 10 }, heading: 92, speed: 0.2 }
    expect(technicianPoint(technician({ position: still }), 1_000_000)?.properties).not.toHaveProperty('heading')
  })

  it('shows where those on duty start from, with the postal codes they work in', () => {
    const home = { latitude: 59, longitude: 11 }
    expect(homePoint(technician({ home, territory: ['01', '13'] }), 'everywhere')).toEqual({ longitude: 11, latitude: 59, properties: { name: 'Testa Tekniker', areas: '01…, 13…' } })
    expect(homePoint(technician({ home }), 'everywhere')?.properties).toMatchObject({ areas: 'everywhere' })
    expect(homePoint(technician({ home, onDuty: false }), '')).toBeUndefined()
    expect(homePoint(technician({}), '')).toBeUndefined()
  })

  it('shows requests that have a place', () => {
    const placed = create(RequestSchema, { id: 'a', number: 'SR-1', state: RequestState.EN_ROUTE, place: { point: { latitude: 60, longitude: 10 } } })
    expect(requestPoint(placed)).toEqual({ longitude: 10, latitude: 60, properties: { number: 'SR-1', state: 'en_route' } })
    expect(requestPoint(create(RequestSchema, { id: 'b' }))).toBeUndefined()
  })

  it('draws no way where an end is unknown, and says how far it is', () => {
    expect(wayBetween(undefined, { longitude: 1, latitude: 2 }, String).features).toEqual([])
    const [way] = wayBetween({ longitude: 10, latitude: 60 }, { longitude: 10, latitude: 61 }, (metres) => `${Math.round(metres / 1000)} km`).features
    expect(way?.properties).toEqual({ words: '111 km' })
    expect(metresBetween({ longitude: 10, latitude: 60 }, { longitude: 10, latitude: 60 })).toBe(0)
  })

  it('knows what fits around them', () => {
    expect(boundsOf([])).toBeUndefined()
    expect(boundsOf([{ longitude: 5, latitude: 61 }, { longitude: 11, latitude: 59 }])).toEqual([5, 59, 11, 61])
  })
})

describe('what the map is told', () => {
  const at = (longitude: number, properties: Record<string, string | boolean> = {}) => ({ longitude, latitude: 60, properties })

  it('is only what is different', () => {
    const drawn = new Drawn()
    for (const id of ['a', 'b', 'c']) drawn.put(id, at(10, { state: 'free' }))
    expect(drawn.take()?.add).toHaveLength(3)
    expect(drawn.take()).toBeUndefined()
    drawn.put('a', at(10, { state: 'free' }))
    expect(drawn.take()).toBeUndefined()
    drawn.put('a', at(11, { state: 'free' }))
    drawn.put('b', at(10, { state: 'work', stale: true }))
    drawn.put('c', undefined)
    drawn.put('d', at(12))
    expect(drawn.take()).toEqual({
      add: [{ type: 'Feature', geometry: { type: 'Point', coordinates: [12, 60] }, properties: { id: 'd' } }],
      remove: ['c'],
      update: [
        { id: 'a', newGeometry: { type: 'Point', coordinates: [11, 60] } },
        { id: 'b', addOrUpdateProperties: [{ key: 'state', value: 'work' }, { key: 'stale', value: true }] },
      ],
    })
  })

  it('loses a property that is no more, and says nothing of what came and went between two tellings', () => {
    const drawn = new Drawn()
    drawn.put('a', at(10, { heading: '90' }))
    drawn.take()
    drawn.put('a', at(10))
    drawn.put('x', at(1))
    drawn.put('x', undefined)
    expect(drawn.take()).toEqual({ add: [], remove: [], update: [{ id: 'a', removeProperties: ['heading'] }] })
    expect(drawn.all().features).toHaveLength(1)
  })
})
