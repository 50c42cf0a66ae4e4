import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { describe, expect, it } from 'vitest'
import { Counter } from '../../gen/utsendt/portal/v1/reading_pb.js'
import { UploadRowSchema } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { Corrections, correctionOf, draftOf, missingIn } from './corrections.svelte'

const bad = create(UploadRowSchema, {
  row: 4,
  serialNumber: 'DEMO-2',
  takenAt: timestampFromDate(new Date('2026-06-01T06:00:42Z')),
  counters: [{ counter: Counter.COLOUR, value: 10n }],
  problems: [{ reason: 'number_ambiguous', field: 'black', params: { counter: 'black', value: '12.345' } }],
  asked: [Counter.BLACK, Counter.COLOUR],
  timeZone: 'Europe/Oslo',
})

function memory(): Storage {
  const held = new Map<string, string>()
  return { getItem: (key) => held.get(key) ?? null, setItem: (key, value) => void held.set(key, value), removeItem: (key) => void held.delete(key) } as Storage
}

describe('a row that is corrected', () => {
  it('begins with what could be read, by the clock of the place, and with the bad cell as it was written', () => {
    const draft = draftOf(bad, 'UTC')
    expect(draft).toMatchObject({ serial: 'DEMO-2', day: '2026-06-01', time: '08:00', counters: [Counter.BLACK, Counter.COLOUR], zone: 'Europe/Oslo' })
    expect(draft.values).toEqual({ [Counter.BLACK]: '12.345', [Counter.COLOUR]: '10' })
    expect(missingIn(draft)).toEqual([Counter.BLACK])
  })
  it('is sent whole, in the moment that the clock there shows', () => {
    const draft = draftOf(bad, 'UTC')
    draft.values[Counter.BLACK] = '12 345'
    expect(missingIn(draft)).toEqual([])
    const sent = correctionOf(4, draft)
    expect(sent.takenAt).toEqual(bad.takenAt)
    draft.time = '08:01'
    expect(correctionOf(4, draft).takenAt).toEqual(timestampFromDate(new Date('2026-06-01T06:01:00Z')))
    expect(sent.counters).toEqual([{ counter: Counter.BLACK, value: 12345n }, { counter: Counter.COLOUR, value: 10n }])
  })
  it('asks for serial number and day where the file had none', () => {
    const draft = draftOf(create(UploadRowSchema, { row: 9 }), 'Europe/Oslo')
    expect(missingIn(draft)).toEqual(['serial', 'day', Counter.BLACK])
  })
})

describe('what is typed', () => {
  it('outlives a reload, until the server finds it good', () => {
    const storage = memory()
    const before = new Corrections('u1', () => storage)
    before.rows[4] = draftOf(bad, 'UTC')
    before.reasons[3] = 'Ny teller'
    before.rest = 'alle'
    before.keep()
    const after = new Corrections('u1', () => storage)
    expect(after.open).toEqual([4])
    expect(after.rows[4]?.values[Counter.BLACK]).toBe('12.345')
    expect(after.reasons[3]).toBe('Ny teller')
    expect(after.rest).toBe('alle')
    after.looked(bad, true)
    after.reasons = {}
    after.rest = ''
    after.keep()
    expect(new Corrections('u1', () => storage).open).toEqual([])
    expect(new Corrections('u2', () => storage).open).toEqual([])
  })
  it('is begun anew where something else was kept', () => {
    const storage = memory()
    for (const text of ['{', 'null', '{"rows":{"1":null},"reasons":{},"rest":""}', '[]', '{"rows":5,"reasons":{},"rest":1}']) {
      storage.setItem('utsendt.bulk.u3.draft', text)
      expect(new Corrections('u3', () => storage).open).toEqual([])
    }
  })
  it('asks for the counters of the device that was found', () => {
    const typed = new Corrections('u4', memory)
    typed.rows[4] = { ...draftOf(bad, 'UTC'), counters: [Counter.BLACK] }
    typed.looked(bad, false)
    expect(typed.rows[4]?.counters).toEqual([Counter.BLACK, Counter.COLOUR])
  })
})
