import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { RequestSchema } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { plainText, readTextQuickly } from './quicktext'

const bytes = (text: string) => new TextEncoder().encode(text)

it.each(['', 'SR-80000008', '018f2b6e-0000-7000-8000-000000000000', '\u0000\u007f'])('%j is read', (text) => expect(plainText(bytes(text))).toBe(text))
it.each(['Åse', 'x'.repeat(97), '🖨️', '\ufeffa'])('%j is left to the browser', (text) => expect(plainText(bytes(text))).toBeUndefined())

it('reads messages as before', () => {
  const request = create(RequestSchema, { number: 'SR-1', accountName: 'Ærlig Ørn Åsen', description: '🖨️ '.repeat(60), outcome: '\ufeffa' })
  const wire = toBinary(RequestSchema, request)
  readTextQuickly()
  expect(fromBinary(RequestSchema, wire)).toEqual(request)
  // What is no UTF-8 is refused as before, not read as something else.
  const [first = 0] = bytes('S')
  const broken = wire.map((byte) => (byte === first ? 0xff : byte))
  expect(() => fromBinary(RequestSchema, broken)).toThrow()
})
