import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt'
import { Counter } from '../../gen/utsendt/portal/v1/reading_pb.js'
import type { RowCorrectionSchema, UploadRow } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { dayKey, formatTime } from '../../i18n/format'
import { momentOf } from '../../i18n/walltime'
import { keptIn } from '../../components/kept'
import { counterName, parseValue } from './counters'

/** A row as somebody is typing it anew. */
export interface RowDraft {
  serial: string
  /** "2026-03-01" and "08:30", by the clock where the device stands. */
  day: string
  time: string
  /** What is typed, by the counter's number. */
  values: Record<number, string>
  reason: string
  /** Counters that are asked for, and the zone of the clock. */
  counters: Counter[]
  zone: string
  /** The moment in the file, with its seconds; empty where it had none. It stays as long as nobody types another. */
  at: string
}

/** What can be wrong with a field before the server is asked. */
export type Missing = 'serial' | 'day' | Counter

/** What the row says now, as far as it could be read; a cell that could not be stands as it was written. */
export function draftOf(row: UploadRow, browserZone: string): RowDraft {
  const zone = row.timeZone || browserZone
  const at = row.takenAt && timestampDate(row.takenAt)
  const values: Record<number, string> = {}
  for (const { counter, value } of row.counters) values[counter] = String(value)
  const written = row.problems.flatMap((one) => {
    const counter = Object.values(Counter).find((c) => typeof c === 'number' && one.params.counter !== undefined && counterName(c) === one.params.counter)
    return typeof counter === 'number' && one.params.value !== undefined ? [{ counter, text: one.params.value }] : []
  })
  for (const { counter, text } of written) values[counter] ??= text
  const known = [...new Set([...row.counters.map((one) => one.counter), ...written.map((one) => one.counter)])].sort((a, b) => a - b)
  return {
    serial: row.serialNumber,
    day: at ? dayKey(at, zone) : '',
    time: at ? formatTime('en', at, zone) : '00:00',
    values,
    reason: row.reason,
    counters: row.asked.length > 0 ? row.asked : known.length > 0 ? known : [Counter.BLACK],
    zone,
    at: at?.toISOString() ?? '',
  }
}

/** When the reading was taken; undefined while day or time is no such thing. */
function takenAt({ day, time, zone, at }: RowDraft): Date | undefined {
  const written = at ? new Date(at) : undefined
  if (written && dayKey(written, zone) === day && formatTime('en', written, zone) === time) return written
  return momentOf(day, time, zone)
}

/** What is missing or unreadable in a draft. */
export function missingIn(draft: RowDraft): Missing[] {
  const missing: Missing[] = []
  if (!draft.serial.trim()) missing.push('serial')
  if (!takenAt(draft)) missing.push('day')
  return [...missing, ...draft.counters.filter((one) => parseValue(draft.values[one] ?? '') === undefined)]
}

/** The correction that a draft without anything missing stands for. */
export function correctionOf(row: number, draft: RowDraft): MessageInitShape<typeof RowCorrectionSchema> {
  const at = takenAt(draft)
  return {
    row,
    serialNumber: draft.serial.trim(),
    ...(at && { takenAt: timestampFromDate(at) }),
    counters: draft.counters.map((counter) => ({ counter, value: parseValue(draft.values[counter] ?? '') ?? 0n })),
    reason: draft.reason.trim(),
  }
}

interface KeptWords {
  rows: Record<number, RowDraft>
  reasons: Record<number, string>
  rest: string
}

/** What is typed about the rows of one upload; it outlives a reload of the page. */
export class Corrections {
  rows = $state<Record<number, RowDraft>>({})
  /** Why doubtful rows are right, by the row's number, and for all others. */
  reasons = $state<Record<number, string>>({})
  rest = $state('')
  #kept

  constructor(uploadId: string, storage?: () => Storage) {
    this.#kept = keptIn(`utsendt.bulk.${uploadId}`, storage).part('draft')
    try {
      const found = JSON.parse(this.#kept.read() ?? 'null') as Partial<KeptWords> | null
      if (found && typeof found.rest === 'string' && typeof found.rows === 'object' && typeof found.reasons === 'object') {
        for (const [row, draft] of Object.entries(found.rows ?? {})) if (Array.isArray(draft?.counters) && typeof draft.serial === 'string' && typeof draft.values === 'object') this.rows[Number(row)] = draft
        this.reasons = found.reasons ?? {}
        this.rest = found.rest
      }
    } catch {
      // Written by another version of the page: it is begun anew.
    }
  }

  /** Rows that are being typed anew and were not looked at by the server since. */
  get open(): number[] {
    return Object.keys(this.rows).map(Number).sort((a, b) => a - b)
  }

  /** To be called in an effect: writes down what is there now. */
  keep(): void {
    const words: KeptWords = { rows: $state.snapshot(this.rows), reasons: $state.snapshot(this.reasons), rest: this.rest }
    const empty = this.open.length === 0 && !words.rest && Object.values(words.reasons).every((one) => !one)
    this.#kept.write(empty ? null : JSON.stringify(words))
  }

  /** What came back for a row: a good one is closed, of another the counters of its device are asked for. */
  looked(row: UploadRow, good: boolean): void {
    if (good) delete this.rows[row.row]
    else if (this.rows[row.row] && row.asked.length > 0) {
      this.rows[row.row]!.counters = row.asked
      this.rows[row.row]!.zone = row.timeZone || this.rows[row.row]!.zone
    }
  }
}
