import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { Counter } from '../../gen/utsendt/portal/v1/reading_pb.js'
import { UsageMonthSchema } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { pagesIn, stacked } from './stacks'

const month = (black: bigint, colour: bigint) =>
  create(UsageMonthSchema, { month: '2026-01', pages: [{ counter: Counter.BLACK, pages: black }, { counter: Counter.COLOUR, pages: colour }] })

describe('stacked bars', () => {
  it('stand on each other in the order of the counters', () => {
    expect(stacked([month(10n, 5n), month(0n, 7n)], [Counter.BLACK, Counter.COLOUR])).toEqual([[10, 0], [15, 7]])
    expect(stacked([month(10n, 5n)], [Counter.COLOUR])).toEqual([[5]])
    expect(stacked([], [Counter.BLACK])).toEqual([[]])
    expect(stacked([month(1n, 1n)], [])).toEqual([])
  })
  it('never go below nought, and count what is not there as nothing', () => {
    expect(pagesIn(month(-3n, 5n), Counter.BLACK)).toBe(0)
    expect(pagesIn(month(3n, 5n), Counter.SCAN)).toBe(0)
    expect(stacked([month(-3n, 5n)], [Counter.BLACK, Counter.COLOUR])).toEqual([[0], [5]])
  })
})
