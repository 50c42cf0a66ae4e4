import type { Request } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { OperationId, send } from '../../api/operation'
import type { Problem } from '../../api/problem'
import { problemOf } from '../../api/problem'
import type { Act, Calls } from './act'
import { inverseOf, perform } from './act'

/** Milliseconds for which what was done can be taken back. */
export const undoFor = 15_000

/** What was done last, and what takes it back. */
export interface Undoable {
  request: Request
  done: Act
  inverse: Act
}

/**
 * The last thing that was done on the board, for as long as it can be taken back. Taking it back is an operation of its
 * own, of the version that the first one left: when anybody has changed the request meanwhile it is refused, and
 * `problem` says who.
 */
export class Undo {
  last = $state.raw<Undoable>()
  busy = $state(false)
  problem = $state.raw<Problem>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private operation = new OperationId()

  constructor(
    private readonly calls: Calls,
    /** Told to the technician when a job is taken back again. */
    private readonly reason: () => string,
  ) {}

  /** Something was done: it takes the place of what was done before. */
  offer(before: Request, done: Act, after: Request): void {
    const inverse = inverseOf(before, done, this.reason())
    this.dismiss()
    if (!inverse) return
    this.last = { request: after, done, inverse }
    this.resume()
  }

  /** Waits while somebody is at the bar: nobody is hurried. */
  hold(): void {
    clearTimeout(this.timer)
  }

  resume(): void {
    clearTimeout(this.timer)
    if (this.last && !this.problem) this.timer = setTimeout(() => !this.busy && this.dismiss(), undoFor)
  }

  dismiss(): void {
    clearTimeout(this.timer)
    this.last = undefined
    this.problem = undefined
    this.operation = new OperationId()
  }

  /** Takes it back. The request as it is then; undefined when there was nothing to take back, or it was refused. */
  async undo(): Promise<Request | undefined> {
    const { last } = this
    if (!last || this.busy) return undefined
    this.hold()
    this.busy = true
    this.problem = undefined
    try {
      const after = await send(() => perform(this.calls, last.request, last.inverse, this.operation.for(String(last.request.version))))
      if (this.last === last) this.dismiss()
      return after
    } catch (error) {
      if (this.last === last) this.problem = problemOf(error)
      return undefined
    } finally {
      this.busy = false
    }
  }
}
