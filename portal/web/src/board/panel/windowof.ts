import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Window } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { WindowSchema } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { momentOf } from '../../i18n/walltime'

/** What is wrong with the fields of a window; actions.time_… says it. */
export type WindowFault = 'missing' | 'order' | 'past'

/** The window between two times of a day by the clock of a zone, or what is wrong with it. */
export function windowOf(date: string, from: string, to: string, zone: string, now: number): { window?: Window; fault?: WindowFault } {
  const start = momentOf(date, from.slice(0, 5), zone)
  const end = momentOf(date, to.slice(0, 5), zone)
  if (!start || !end) return { fault: 'missing' }
  if (end <= start) return { fault: 'order' }
  if (end.getTime() <= now) return { fault: 'past' }
  return { window: create(WindowSchema, { start: timestampFromDate(start), end: timestampFromDate(end) }) }
}
