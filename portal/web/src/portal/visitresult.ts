import { VisitResult } from '../gen/utsendt/portal/v1/visit_service_pb.js'
import type { TextKey } from '../i18n/language.svelte'

const words: Partial<Record<VisitResult, TextKey>> = {
  [VisitResult.UNDER_WAY]: 'visit.under_way',
  [VisitResult.SOLVED]: 'visit.result.solved',
  [VisitResult.WORKAROUND]: 'visit.result.workaround',
  [VisitResult.NO_FAULT_FOUND]: 'visit.result.no_fault_found',
  [VisitResult.PART_MISSING]: 'visit.result.part_missing',
  [VisitResult.NO_ACCESS]: 'visit.result.no_access',
  [VisitResult.SECOND_VISIT]: 'visit.result.second_visit',
}

/** How a visit went, as a key of the catalogue. A result newer than this page says no more than that it ended. */
export const resultKey = (result: VisitResult): TextKey => words[result] ?? 'visit.result.other'
