import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { OperationFate } from '../../gen/utsendt/mobile/v1/operation_pb.js'
import { OperationState } from '../../gen/utsendt/mobile/v1/operation_pb.js'
import type { Entry, Step } from '../queue/entry'

/** One thing that the technician did: as this phone knows it, as the server does, or both. */
export interface Row {
  id: string
  step: Step
  entry: Entry | undefined
  fate: OperationFate | undefined
}

const steps: Record<string, Step> = {
  accept: 'accept',
  decline: 'decline',
  depart: 'depart',
  arrive: 'arrive',
  complete: 'complete',
  second_visit: 'complete',
}

/** What was pressed for an operation of the server's; undefined for what is newer than this page. */
export function stepOf(fate: OperationFate): Step | undefined {
  if (fate.kind === 'duty') return fate.onDuty ? 'go_on_duty' : 'go_off_duty'
  return steps[fate.kind]
}

export const tookEffect = (fate: OperationFate): boolean => fate.state === OperationState.TOOK_EFFECT

/**
 * What this phone knows and what the server knows, each thing once, the newest first: this phone's in the order of the presses, the
 * others by their time. serverTime turns the phone's clock into the server's, in milliseconds.
 */
export function rowsOf(entries: Entry[], fates: Iterable<OperationFate>, serverTime: (ms: number) => number): Row[] {
  const known = new Map([...fates].map((one) => [one.id, one]))
  const own = [...entries].sort((a, b) => b.n - a.n).map((entry): Row => ({ id: entry.id, step: entry.step, entry, fate: known.get(entry.id) }))
  const here = new Set(entries.map((one) => one.id))
  const others = [...known.values()].flatMap((fate): Row[] => {
    const step = stepOf(fate)
    return step && !here.has(fate.id) ? [{ id: fate.id, step, entry: undefined, fate }] : []
  })
  const at = ({ entry, fate }: Row) => (fate?.takenAt ? timestampMs(fate.takenAt) : serverTime(entry?.pressedAt ?? 0))
  others.sort((a, b) => at(b) - at(a))
  const rows: Row[] = []
  for (const row of own) {
    while (others[0] && at(others[0]) >= at(row)) rows.push(others.shift() as Row)
    rows.push(row)
  }
  return [...rows, ...others]
}
