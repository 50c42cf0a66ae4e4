import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { Counter, ReadingResult } from '../../gen/utsendt/portal/v1/reading_pb.js'
import { ReadingOutcome } from '../../gen/utsendt/portal/v1/reading_pb.js'
import type { Meter } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { t } from '../../i18n/language.svelte'
import { counterName, parseValue } from './counters'

/** What is typed of one device, as it is kept across a reload. */
export interface TypedEntry {
  values: Partial<Record<Counter, string>>
  reason: string
}

/** The reading of one device, as it is typed, and what became of it. */
export class Entry {
  values = $state<Partial<Record<Counter, string>>>({})
  reason = $state('')
  result = $state.raw<ReadingResult>()

  constructor(
    readonly meter: Meter,
    typed?: TypedEntry,
  ) {
    for (const counter of meter.counters) if (typeof typed?.values?.[counter] === 'string') this.values[counter] = typed.values[counter]
    if (typeof typed?.reason === 'string') this.reason = typed.reason
  }

  /** What is typed and not in the books yet. */
  get typed(): TypedEntry {
    return { values: { ...this.values }, reason: this.reason }
  }

  /** The reading is in the books. */
  get kept(): boolean {
    return this.result?.outcome === ReadingOutcome.KEPT || this.result?.outcome === ReadingOutcome.UNCHANGED
  }

  /** The values are doubtful and wait for a reason. */
  get doubtful(): boolean {
    return this.result?.outcome === ReadingOutcome.UNCONFIRMED
  }

  get refused(): boolean {
    return this.result?.outcome === ReadingOutcome.REFUSED
  }

  /** Nothing was typed: such a device is left out. */
  get empty(): boolean {
    return this.meter.counters.every((one) => !this.values[one]?.trim())
  }

  /** Ready to be sent: each counter has a value, and doubtful ones a reason. */
  get whole(): boolean {
    return this.meter.counters.every((one) => parseValue(this.values[one] ?? '') !== undefined) && (!this.doubtful || this.reason.trim() !== '')
  }

  /** Typed anew: what was said of the old value no longer holds, and a reason for it confirms nothing. */
  type(counter: Counter, text: string): void {
    this.values[counter] = text
    this.result = undefined
  }

  /** What is wrong with a counter: ours once it was tried to send, or the server's. */
  errorOf(counter: Counter, tried: boolean): string | undefined {
    const problem = this.result?.problems.find((one) => one.params.counter === counterName(counter))
    if (problem && !this.kept) return problem.text
    if (!tried || this.empty) return undefined
    const text = this.values[counter] ?? ''
    if (!text.trim()) return t('readings.value_missing')
    return parseValue(text) === undefined ? t('readings.value_wrong') : undefined
  }

  /** What is wrong and concerns no counter that the card shows. */
  get otherProblems(): string[] {
    if (this.kept) return []
    const shown = this.meter.counters.map(counterName)
    return (this.result?.problems ?? []).filter((one) => !shown.includes(one.params.counter ?? '')).map((one) => one.text)
  }

  message(takenAt: Timestamp | undefined) {
    return {
      deviceId: this.meter.deviceId,
      ...(takenAt && { takenAt }),
      counters: this.meter.counters.map((counter) => ({ counter, value: parseValue(this.values[counter] ?? '') ?? 0n })),
      reason: this.doubtful ? this.reason.trim() : '',
    }
  }
}
