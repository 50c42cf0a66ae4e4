import { create } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { expect, it } from 'vitest'
import { ForecastStatus, TonerForecastSchema } from '../gen/utsendt/portal/v1/supply_service_pb.js'
import { countOf, soonEmpty } from './atglance'

const now = Date.UTC(2026, 2, 3)
const day = 86_400_000
const toner = (status: ForecastStatus, days?: number) =>
  create(TonerForecastSchema, { status, ...(days !== undefined && { runsOutAt: timestampFromMs(now + days * day) }) })

it('counts toners that are empty or will be within two weeks, and none that nobody knows of', () => {
  expect(
    soonEmpty(
      [
        toner(ForecastStatus.OVERDUE, -3),
        toner(ForecastStatus.EXPECTED, 14),
        toner(ForecastStatus.EXPECTED, 15),
        toner(ForecastStatus.DISTANT),
        toner(ForecastStatus.UNKNOWN),
      ],
      now,
    ),
  ).toBe(2)
})

it('says where a count was cut off', () => {
  expect([countOf([1, 2], ''), countOf([1], 'next')]).toEqual([{ n: 2, more: false }, { n: 1, more: true }])
})
