import type { Request, Window } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import type { dispatch } from '../clients'

/** What a dispatcher does to one request. */
export type Act =
  | { kind: 'assign' | 'reassign'; technicianId: string; technicianName: string; /** Although a skill is lacking or they work elsewhere. */ override?: boolean }
  | { kind: 'auto' }
  | { kind: 'recall' | 'cancel'; reason: string }
  | { kind: 'schedule'; window: Window | undefined }
  | { kind: 'note'; text: string }

/** The calls that acts are made of; the generated client fits. */
export type Calls = Pick<typeof dispatch, 'assign' | 'reassign' | 'autoAssign' | 'recall' | 'cancel' | 'schedule' | 'addNote'>

/**
 * Makes the call of one act. The server refuses it when the request is not at this version any more: what is done is done
 * to what was seen. Answers the request as it is then; throws what the call throws.
 */
export async function perform(calls: Calls, request: Request, act: Act, operationId: string): Promise<Request> {
  const common = { operationId, requestId: request.id, expectedVersion: request.version }
  const { request: after } = await ((): Promise<{ request?: Request | undefined }> => {
    switch (act.kind) {
      case 'assign':
        return calls.assign({ ...common, technicianId: act.technicianId, overrideQualification: act.override ?? false })
      case 'reassign':
        return calls.reassign({ ...common, technicianId: act.technicianId, overrideQualification: act.override ?? false })
      case 'auto':
        return calls.autoAssign(common)
      case 'recall':
        return calls.recall({ ...common, reason: act.reason })
      case 'cancel':
        return calls.cancel({ ...common, reason: act.reason })
      case 'schedule':
        return calls.schedule(act.window ? { ...common, window: act.window } : common)
      case 'note':
        return calls.addNote({ operationId, requestId: request.id, text: act.text })
    }
  })()
  if (!after) throw new Error('an answer without a request')
  return after
}

/**
 * What takes an act back, given the request as it was before: undefined for what cannot be taken back (an end, a note).
 * A technician who gets a job back has it as given anew: that they had accepted it or were on their way is not brought back.
 */
export function inverseOf(before: Request, act: Act, reason: string): Act | undefined {
  switch (act.kind) {
    case 'assign':
    case 'auto':
      return { kind: 'recall', reason }
    case 'reassign':
    case 'recall':
      // They had it before, so whoever gave it to them had judged their skills.
      return before.visit
        ? { kind: act.kind === 'recall' ? 'assign' : 'reassign', technicianId: before.visit.technicianId, technicianName: before.visit.technicianName, override: true }
        : undefined
    case 'schedule':
      return { kind: 'schedule', window: before.window }
    default:
      return undefined
  }
}
