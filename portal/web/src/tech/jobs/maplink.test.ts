import { create } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { PlaceSchema } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { callLink, isApple, mapLink } from './maplink'

const place = create(PlaceSchema, { line1: 'Storgata 1', postalCode: '0155', city: 'Oslo', point: { latitude: 59.9, longitude: 10.7 } })
const address = 'Storgata%201%2C%200155%20Oslo'

it('opens the phone\'s own maps, naming nobody\'s', () => {
  expect(mapLink(place, false)).toBe(`geo:59.9,10.7?q=59.9,10.7(${address})`)
  expect(mapLink(place, true)).toBe(`maps:?daddr=59.9,10.7&q=${address}`)
  const unknown = create(PlaceSchema, { ...place, point: undefined as never })
  expect(mapLink(unknown, false)).toBe(`geo:0,0?q=${address}`)
  expect(mapLink(unknown, true)).toBe(`maps:?daddr=${address}`)
})

it('knows Apple\'s phones and tablets, also those that say they are computers', () => {
  expect(isApple('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0)', 5)).toBe(true)
  expect(isApple('Mozilla/5.0 (Macintosh; Intel Mac OS X)', 5)).toBe(true)
  expect(isApple('Mozilla/5.0 (Macintosh; Intel Mac OS X)', 0)).toBe(false)
  expect(isApple('Mozilla/5.0 (Linux; Android 16)', 5)).toBe(false)
})

it('calls a number as it is written', () => expect(callLink('+47 22 00 (00) 00')).toBe('tel:+4722000000'))
