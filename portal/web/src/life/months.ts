import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { dayKey } from '../i18n/format'

/** Lines of one month, by the clock on the wall of a place. */
export interface Month<T> {
  /** As "2026-03". */
  month: string
  lines: T[]
}

/** Groups lines, which are in the order of time, by months. Those without a time go with the line before. */
export function byMonth<T extends { at?: Timestamp | undefined }>(lines: T[], zone: string | undefined): Month<T>[] {
  const months: Month<T>[] = []
  for (const line of lines) {
    const last = months.at(-1)
    const month = line.at ? dayKey(timestampDate(line.at), zone).slice(0, 7) : (last?.month ?? '')
    if (last?.month === month) last.lines.push(line)
    else months.push({ month, lines: [line] })
  }
  return months
}
