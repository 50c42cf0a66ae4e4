import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { expect, it } from 'vitest'
import { dutyOf, isBefore } from './duty'

it.each([
  [[], undefined, 'unknown'],
  [[], true, 'on'],
  [[], false, 'off'],
  [['go_on_duty'], undefined, 'on'],
  [['go_on_duty', 'accept'], false, 'on'],
  [['go_on_duty', 'go_off_duty'], true, 'off'],
  [['accept'], true, 'on'],
] as const)('%j on top of %s: %s', (steps, said, expected) => {
  expect(dutyOf(steps.map((step) => ({ step })), said === undefined ? undefined : { onDuty: said })).toBe(expected)
})

it('does not let an answer that was overtaken undo a later one, and believes a server whose clock was set back', () => {
  const at = (ms: number) => ({ serverTime: timestampFromMs(ms) })
  expect(isBefore(at(1000), at(2000))).toBe(true)
  expect(isBefore(at(2000), at(1000))).toBe(false)
  expect(isBefore(at(1000), undefined)).toBe(false)
  expect(isBefore(at(1000), at(3_600_000))).toBe(false)
})
