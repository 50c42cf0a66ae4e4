import { OperationId, send } from '../api/operation'
import type { Problem } from '../api/problem'
import { problemOf } from '../api/problem'

/** Changes of one thing, one at a time. Pressed again after a failure it is the same operation, and is done once. */
export class Change {
  /** The name of the change that is under way; empty when there is none. */
  busy = $state('')
  problem = $state.raw<Problem>()
  private readonly operation = new OperationId()

  /** The answer; undefined when it was refused, which `problem` tells, or when another change is under way. */
  async run<T>(name: string, content: unknown, call: (operationId: string) => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined
    this.busy = name
    this.problem = undefined
    const operationId = this.operation.for([name, content])
    try {
      const answer = await send(() => call(operationId))
      this.operation.done()
      return answer
    } catch (error) {
      this.problem = problemOf(error)
      return undefined
    } finally {
      this.busy = ''
    }
  }
}
