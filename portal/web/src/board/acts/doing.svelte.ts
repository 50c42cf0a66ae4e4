import type { Request } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { OperationId, send } from '../../api/operation'
import type { Problem } from '../../api/problem'
import { problemOf } from '../../api/problem'
import { announce } from '../../components/announce.svelte'
import { t } from '../../i18n/language.svelte'
import { dispatch } from '../clients'
import { desk } from '../desk.svelte'
import type { Act } from './act'
import { perform } from './act'
import { Undo } from './undo.svelte'
import { doneWords } from './words'

/** What can be taken back, for the whole board. */
export const undo = new Undo(dispatch, () => t('actions.undo_reason'))

/** Acts of one place on the board, one at a time. Pressed again after a failure it is the same operation. */
export class Doing {
  /** Which act is under way: its kind, and for an assignment the technician's id; empty when none is. */
  busy = $state('')
  problem = $state.raw<Problem>()
  private readonly operation = new OperationId()

  /** Does it, tells it, and offers to take it back. The request after it; undefined when it was refused. */
  async run(request: Request, act: Act): Promise<Request | undefined> {
    if (this.busy) return undefined
    this.busy = nameOf(act)
    this.problem = undefined
    const operationId = this.operation.for([request.id, String(request.version), { ...act, window: undefined }, windowKey(act)])
    try {
      const after = await send(() => perform(dispatch, request, act, operationId))
      this.operation.done()
      desk.see(after)
      undo.offer(request, act, after)
      // What can be taken back is told by the bar that offers it.
      if (!undo.last) announce(doneWords(act, after), 'good')
      return after
    } catch (error) {
      this.problem = problemOf(error)
      return undefined
    } finally {
      this.busy = ''
    }
  }
}

export const nameOf = (act: Act): string => ('technicianId' in act ? `assign ${act.technicianId}` : act.kind)

/** Timestamps hold whole numbers that JSON cannot write. */
const windowKey = (act: Act): string => (act.kind === 'schedule' ? `${act.window?.start?.seconds}-${act.window?.end?.seconds}` : '')
