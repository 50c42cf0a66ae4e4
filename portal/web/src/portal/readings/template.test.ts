import { create } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { Counter } from '../../gen/utsendt/portal/v1/reading_pb.js'
import { MeterSchema } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { template } from './template'

it('has a row for each device, a column for each counter, and no formulas', () => {
  const meters = [
    create(MeterSchema, { serialNumber: 'A1', friendlyName: '=1+1', counters: [Counter.BLACK] }),
    create(MeterSchema, { serialNumber: 'A2', model: 'M "2"; stor', counters: [Counter.BLACK, Counter.COLOUR] }),
  ]
  const text = template(meters, { serial: 'Serienummer', name: 'Navn', day: 'Dato', reason: 'Begrunnelse' }, (one) => `c${one}`)
  expect(text).toBe('\uFEFFSerienummer;Navn;Dato;c1;c2;Begrunnelse\r\nA1;\'=1+1;;;;\r\nA2;"M ""2""; stor";;;;\r\n')
})
