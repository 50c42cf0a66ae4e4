import type { Candidate } from '../../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import type { Technician } from '../../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import type { Request } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { RequestState } from '../../gen/utsendt/dispatch/v1/request_pb.js'

/** How a technician fits a request, in one word; the server's reasons say more. */
export type Fit = 'good' | 'not_free' | 'lacks_skill' | 'elsewhere' | 'against' | 'has_it' | 'off_duty' | 'unknown' | 'asking'

/** What giving the request to a technician is called as it stands; undefined when it cannot be given to anybody now. */
export function wayToGive(request: Request): 'assign' | 'reassign' | undefined {
  switch (request.state) {
    case RequestState.TO_BE_SCHEDULED:
      return 'assign'
    case RequestState.DISPATCHED:
    case RequestState.EN_ROUTE:
      return 'reassign'
    default:
      return undefined
  }
}

const against = (candidate: Candidate, code: string) => candidate.reasons.some((reason) => !reason.good && reason.code === code)

/** The candidate's fitness in a word: the worst thing that speaks against them. */
export function fitOfCandidate(candidate: Candidate): Fit {
  if (candidate.eligible) return 'good'
  if (against(candidate, 'off_duty') || candidate.technician?.onDuty === false) return 'off_duty'
  if (against(candidate, 'not_free_in_window')) return 'not_free'
  if (against(candidate, 'lacks_skill')) return 'lacks_skill'
  if (against(candidate, 'outside_territory')) return 'elsewhere'
  return 'against'
}

/** How a technician on the board fits. The server judges the nearest; those farther off are unknown until asked for. */
export function fitOf(technician: Technician, request: Request, candidates: ReadonlyMap<string, Candidate> | undefined): Fit {
  if (request.visit?.technicianId === technician.id) return 'has_it'
  if (!technician.onDuty) return 'off_duty'
  if (!candidates) return 'asking'
  const candidate = candidates.get(technician.id)
  return candidate ? fitOfCandidate(candidate) : 'unknown'
}

/** What comes of a drop: it is given, asked about first, or put back. */
export function onDrop(fit: Fit): 'give' | 'ask' | 'back' {
  switch (fit) {
    case 'good':
    case 'unknown':
    case 'asking':
      return 'give'
    case 'lacks_skill':
    case 'elsewhere':
    case 'against':
      return 'ask'
    default:
      return 'back'
  }
}
