import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { DeviceCounterSchema, Outcome } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import { contentOf, doubtOf, emptyDraft, faultsOf, readingOf } from './draft'

describe('a draft', () => {
  it.each([
    [{}, ['outcome']],
    [{ outcome: Outcome.SOLVED }, []],
    [{ outcome: Outcome.NO_ACCESS }, ['text']],
    [{ outcome: Outcome.NO_ACCESS, text: ' \n' }, ['text']],
    [{ outcome: Outcome.PART_MISSING, text: 'Mangler', partsMissing: ' , ' }, ['parts_missing']],
    [{ outcome: Outcome.PART_MISSING, text: 'Mangler', partsMissing: 'A-1, B-2' }, []],
    [{ outcome: Outcome.PART_MISSING, text: 'Mangler', partsMissing: 'x'.repeat(61) }, ['parts_missing']],
    [{ outcome: Outcome.SOLVED, readings: { black: '12,5' } }, ['readings']],
    [{ outcome: Outcome.SOLVED, readings: { black: ' ' } }, []],
  ])('%j lacks %j', (typed, faults) => expect(faultsOf({ ...emptyDraft(), ...typed })).toEqual(faults))

  it('becomes what is sent', () => {
    const draft = {
      ...emptyDraft(), outcome: Outcome.PART_MISSING, text: ' Mangler fikser ', partsMissing: 'A-1; B-2\nC-3', signedBy: ' 田中 👋 ',
      partsUsed: [{ partNumber: 'D-4', quantity: 2 }, { partNumber: 'E-5', quantity: 0 }], readings: { black: '38 723', colour: '' },
    }
    expect(contentOf(draft)).toEqual({
      outcome: Outcome.PART_MISSING, text: 'Mangler fikser', partsMissing: ['A-1', 'B-2', 'C-3'], signedBy: '田中 👋',
      partsUsed: [{ partNumber: 'D-4', quantity: 2 }], readings: [{ counter: 'black', value: 38723n }],
    })
  })
})

describe('a reading', () => {
  it.each([['12', 12n], ['12 345', 12345n], ['12\u00a0345', 12345n], ['0', 0n], ['', undefined], ['-1', undefined], ['1.5', undefined], ['12345678901', undefined]])(
    '%s: %s', (typed, value) => expect(readingOf(typed)).toBe(value))

  const counter = create(DeviceCounterSchema, { counter: 'black', lastValue: 1000n })
  it.each([['', undefined], ['x', 'wrong'], ['999', 'less'], ['1000', undefined], ['501000', undefined], ['501001', 'much']])(
    '%j beside 1000: %s', (typed, doubt) => expect(doubtOf(typed, counter)).toBe(doubt))
  it('has nothing to stand beside at first', () => expect(doubtOf('7', create(DeviceCounterSchema, { counter: 'black' }))).toBeUndefined())
})
