import { create } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { MeterSchema } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { addressOf, choiceOf, sitesOf } from './scope'

it.each([
  ['', '/usage', { kind: 'fleet', id: '', months: 12 }],
  ['?device=E%2F17&months=24', '/usage?device=E%2F17&months=24', { kind: 'device', id: 'E/17', months: 24 }],
  ['?site=s1', '/usage?site=s1', { kind: 'site', id: 's1', months: 12 }],
  ['?months=7', '/usage', { kind: 'fleet', id: '', months: 12 }],
])('%s', (query, address, choice) => {
  expect(choiceOf(query)).toEqual(choice)
  expect(addressOf(choiceOf(query))).toBe(address)
})

it('names each site once', () => {
  const meters = [['b', 'Oslo'], ['a', 'Bergen'], ['b', 'Oslo'], ['', '']].map(([siteId = '', siteName = '']) => create(MeterSchema, { siteId, siteName }))
  expect(sitesOf(meters)).toEqual([{ id: 'a', name: 'Bergen' }, { id: 'b', name: 'Oslo' }])
})
