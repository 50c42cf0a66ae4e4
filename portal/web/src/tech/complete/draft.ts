import type { CompleteRequest } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import { Outcome } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import type { DeviceCounter } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import type { Content } from '../queue/entry'

/** What is typed about a visit before it is finished, as it is typed. */
export interface Draft {
  outcome: Outcome
  text: string
  /** Part numbers, with anything between them. */
  partsMissing: string
  partsUsed: { partNumber: string; quantity: number }[]
  /** By counter. */
  readings: Record<string, string>
  signedBy: string
  /** Milliseconds by the phone's clock. */
  savedAt: number
}

export const emptyDraft = (): Draft => ({ outcome: Outcome.UNSPECIFIED, text: '', partsMissing: '', partsUsed: [], readings: {}, signedBy: '', savedAt: 0 })

/** One draft of two: what was typed last wins, field by field, where anything was typed. */
export function together(before: Draft, last: Draft): Draft {
  const parts = new Map([...before.partsUsed, ...last.partsUsed].map((one) => [one.partNumber, one]))
  return {
    outcome: last.outcome || before.outcome,
    text: last.text.trim() ? last.text : before.text,
    partsMissing: last.partsMissing.trim() ? last.partsMissing : before.partsMissing,
    partsUsed: [...parts.values()],
    readings: { ...before.readings, ...Object.fromEntries(Object.entries(last.readings).filter(([, typed]) => typed.trim())) },
    signedBy: last.signedBy.trim() ? last.signedBy : before.signedBy,
    savedAt: Math.max(before.savedAt, last.savedAt),
  }
}

export const ends = [Outcome.SOLVED, Outcome.WORKAROUND, Outcome.NO_FAULT_FOUND]
export const returns = [Outcome.PART_MISSING, Outcome.NO_ACCESS, Outcome.SECOND_VISIT]

/** "12 345" is a number, "12.5" and "-1" are none. */
export function readingOf(typed: string): bigint | undefined {
  const digits = typed.replace(/[\s\u00a0\u202f]/g, '')
  return /^\d{1,10}$/.test(digits) ? BigInt(digits) : undefined
}

/** What to say of a reading beside its last one. wrong: no number; less, much: a number that is hard to believe. */
export type Doubt = 'wrong' | 'less' | 'much'

/** More than this since the last reading is asked about; the server has its own rules for what it keeps. */
export const muchPages = 500_000n

export function doubtOf(typed: string, counter: DeviceCounter): Doubt | undefined {
  if (!typed.trim()) return undefined
  const value = readingOf(typed)
  if (value === undefined) return 'wrong'
  if (counter.lastValue === undefined) return undefined
  if (value < counter.lastValue) return 'less'
  return value - counter.lastValue > muchPages ? 'much' : undefined
}

export const missingOf = (draft: Draft): string[] => (draft.outcome === Outcome.PART_MISSING ? draft.partsMissing.split(/[\s,;]+/).filter(Boolean) : [])

/** The name of each field that is not right, as the request message names it. */
export function faultsOf(draft: Draft): ('outcome' | 'text' | 'parts_missing' | 'readings')[] {
  const faults: ReturnType<typeof faultsOf> = []
  const missing = missingOf(draft)
  if (draft.outcome === Outcome.UNSPECIFIED) faults.push('outcome')
  if (returns.includes(draft.outcome) && !draft.text.trim()) faults.push('text')
  if (draft.outcome === Outcome.PART_MISSING && missing.length === 0) faults.push('parts_missing')
  if (missing.length > 20 || missing.some((one) => one.length > 60)) faults.push('parts_missing')
  if (Object.values(draft.readings).some((typed) => typed.trim() && readingOf(typed) === undefined)) faults.push('readings')
  return faults
}

/** What is sent. Only for a draft without faults. */
export function contentOf(draft: Draft): Content & Pick<CompleteRequest, 'text'> {
  const readings = Object.entries(draft.readings).flatMap(([counter, typed]) => {
    const value = readingOf(typed)
    return value === undefined ? [] : [{ counter, value }]
  })
  return {
    outcome: draft.outcome,
    text: draft.text.trim(),
    partsMissing: missingOf(draft),
    partsUsed: draft.partsUsed.filter((one) => one.quantity > 0).map((one) => ({ ...one })),
    readings,
    signedBy: draft.signedBy.trim(),
  }
}
