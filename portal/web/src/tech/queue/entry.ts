import type { Problem } from '../../api/problem'
import type { Outcome } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'

/** What a technician can press that the server is to be told of. */
export type Step = 'go_on_duty' | 'go_off_duty' | 'accept' | 'decline' | 'depart' | 'arrive' | 'complete'

/** What goes with a step; each step uses what it needs. */
export interface Content {
  reason?: string
  outcome?: Outcome
  text?: string
  partsMissing?: string[]
  partsUsed?: { partNumber: string; quantity: number }[]
  readings?: { counter: string; value: bigint }[]
  /** Who signed. */
  signedBy?: string
}

/** Which job a step is about; all empty for duty. */
export interface About {
  requestId: string
  visitId: string
  number: string
  account: string
}

/** One press, from the button to the server's answer. */
export interface Entry extends About {
  /** The order of the presses on this phone. */
  n: number
  /** UUID; the same in every attempt. */
  id: string
  person: string
  step: Step
  /** Milliseconds by the phone's clock. */
  pressedAt: number
  content: Content
  /** waiting: no answer yet; sent: it took effect; refused: it never will, problem says why. */
  state: 'waiting' | 'sent' | 'refused'
  /** Milliseconds by the phone's clock; absent while it waits. */
  answeredAt?: number
  /** Why it was refused, or what came of the last attempt. */
  problem?: Problem
  /** True once the technician has put the news of a refusal away; it stays in the list of changes. */
  seen?: boolean
  /** True when the phone had no room for it: it ends with the page. */
  unkept?: boolean
}

export const noJob: About = { requestId: '', visitId: '', number: '', account: '' }
