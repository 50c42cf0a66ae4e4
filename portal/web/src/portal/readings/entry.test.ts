import { create } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { Counter, ReadingOutcome, ReadingResultSchema } from '../../gen/utsendt/portal/v1/reading_pb.js'
import { MeterSchema } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { Entry } from './entry.svelte'

const meter = create(MeterSchema, { deviceId: 'd', counters: [Counter.BLACK, Counter.COLOUR] })

it('is whole when every counter has a value', () => {
  const entry = new Entry(meter)
  expect([entry.empty, entry.whole]).toEqual([true, false])
  entry.type(Counter.BLACK, '1 200')
  expect([entry.empty, entry.whole]).toEqual([false, false])
  entry.type(Counter.COLOUR, '0')
  expect(entry.whole).toBe(true)
  expect(entry.message(undefined)).toEqual({
    deviceId: 'd', reason: '',
    counters: [{ counter: Counter.BLACK, value: 1200n }, { counter: Counter.COLOUR, value: 0n }],
  })
})

it('asks for a reason where values are doubtful, and forgets it confirms when they change', () => {
  const entry = new Entry(meter)
  entry.type(Counter.BLACK, '5')
  entry.type(Counter.COLOUR, '6')
  entry.result = create(ReadingResultSchema, {
    outcome: ReadingOutcome.UNCONFIRMED,
    problems: [{ reason: 'counter_lower', text: 'lower', params: { counter: 'black' } }, { reason: 'counter_too_fast', text: 'fast', params: { counter: 'scan' } }],
  })
  expect(entry.whole).toBe(false)
  expect(entry.errorOf(Counter.BLACK, false)).toBe('lower')
  expect(entry.errorOf(Counter.COLOUR, false)).toBeUndefined()
  expect(entry.otherProblems).toEqual(['fast'])
  entry.reason = ' ny teller '
  expect(entry.whole).toBe(true)
  expect(entry.message(undefined).reason).toBe('ny teller')
  entry.type(Counter.BLACK, '7')
  expect(entry.message(undefined).reason).toBe('')
  expect(entry.errorOf(Counter.BLACK, false)).toBeUndefined()
})
