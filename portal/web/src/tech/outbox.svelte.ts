import { Code } from '@connectrpc/connect'
import { newId } from '../api/operation'
import type { SendOptions } from '../api/operation'
import { send } from '../api/operation'
import { mayRetry, problemOf } from '../api/problem'
import type { Problem } from '../api/problem'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { Timestamp } from '@bufbuild/protobuf/wkt'

/** What makes a mutation take effect once: made at the press and the same in every attempt. */
export interface Operation {
  id: string
  phoneTime: Timestamp
  sentPhoneTime: Timestamp
}

/** Something the technician pressed that the server has not answered yet, or has refused. */
export interface Pending {
  id: string
  /** Of which job; empty for duty. */
  requestId: string
  /** Catalogue key of what was pressed. */
  step: string
  pressedAt: number
  sending: boolean
  problem: Problem | undefined
  /** Sending again may help; otherwise it was refused and can only be put away. */
  repeatable: boolean
}

/** Sends what was pressed, shows what did not get through, and sends it again on demand with the same id. */
export class Outbox {
  pending = $state<Pending[]>([])
  private calls = new Map<string, (operation: Operation) => Promise<unknown>>()

  constructor(
    private readonly options: SendOptions = {},
    private readonly now: () => number = Date.now,
  ) {}

  /** True when it took effect. The same step of the same job is not sent twice at once. */
  async press(requestId: string, step: string, call: (operation: Operation) => Promise<unknown>): Promise<boolean> {
    const same = this.of(requestId, step)
    if (same?.sending) return false
    if (same) {
      // Pressed again after a failure: the same operation, with what is typed now.
      this.calls.set(same.id, call)
      return this.again(same.id)
    }
    const id = newId()
    this.calls.set(id, call)
    this.pending.push({ id, requestId, step, pressedAt: this.now(), sending: false, problem: undefined, repeatable: true })
    return this.again(id)
  }

  async again(id: string): Promise<boolean> {
    const one = this.pending.find((item) => item.id === id)
    const call = this.calls.get(id)
    if (!one || !call || one.sending) return false
    one.sending = true
    one.problem = undefined
    try {
      await send(
        () => call({ id, phoneTime: timestampFromMs(one.pressedAt), sentPhoneTime: timestampFromMs(this.now()) }),
        this.options,
      )
      this.putAway(id)
      return true
    } catch (error) {
      one.problem = problemOf(error)
      one.repeatable = mayRetry(one.problem) || one.problem.code === Code.Unauthenticated
      one.sending = false
      return false
    }
  }

  putAway(id: string): void {
    this.pending = this.pending.filter((item) => item.id !== id)
    this.calls.delete(id)
  }

  isSending(requestId: string, step?: string): boolean {
    return this.pending.some((item) => item.requestId === requestId && item.sending && (!step || item.step === step))
  }

  /** Only what never took effect is repeated under its old id; what was refused is a new operation. */
  private of(requestId: string, step: string): Pending | undefined {
    const same = this.pending.find((item) => item.requestId === requestId && item.step === step)
    if (same && !same.sending && !same.repeatable) {
      this.putAway(same.id)
      return undefined
    }
    return same
  }
}
