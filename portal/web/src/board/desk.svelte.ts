import type { WatchBoardResponse } from '../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import type { Request } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { problemOf } from '../api/problem'
import type { Problem } from '../api/problem'
import type { StreamState } from '../api/stream'
import { keepOpen } from '../api/stream'
import { session } from '../session/session.svelte'
import { dispatch } from './clients'
import type { Seen } from './queue'
import { Queue, byPromise } from './queue'

/**
 * What the board's panes share: the live queue and technicians, and what is chosen. One stream feeds it while the board
 * is shown. Arrays are replaced, never changed in place; a request or technician that did not change stays the same
 * object.
 */
class Desk {
  /** Everything open, in the queue's order. */
  requests = $state.raw<Request[]>([])
  /** Everyone on duty, by name. */
  technicians = $state.raw<Seen[]>([])
  /** False until the first snapshot is whole. */
  complete = $state(false)
  line = $state<StreamState>('connecting')
  refused = $state.raw<Problem>()
  /** The id of the request that is looked at. */
  chosenId = $state<string>()
  /** The id of the technician who is considered for it: the map draws the way. */
  consideredId = $state<string>()
  private queue = new Queue()

  readonly waiting = $derived(this.requests.filter((one) => one.state === RequestState.TO_BE_SCHEDULED).length)

  request(id: string | undefined): Request | undefined {
    return id === undefined ? undefined : this.requests.find((one) => one.id === id)
  }

  choose(id: string | undefined): void {
    this.chosenId = id
    this.consideredId = undefined
  }

  /** Opens the stream; the result ends it. */
  start(): () => void {
    this.queue = new Queue()
    this.complete = false
    const stream = keepOpen<WatchBoardResponse>({
      open: (signal) => dispatch.watchBoard({}, { signal, timeoutMs: 0 }),
      onOpen: () => this.queue.begin(),
      onMessages: (messages) => {
        this.queue.take(messages, Date.now())
        this.redraw()
      },
      onState: (state) => (this.line = state),
      onRefused: (error) => (this.refused = problemOf(error)),
    })
    const unlisten = session.onResumed(() => {
      this.refused = undefined
      stream.resume()
    })
    return () => {
      unlisten()
      stream.stop()
    }
  }

  private redraw() {
    const { queue } = this
    this.requests = [...queue.requests.values()].sort(byPromise)
    this.technicians = [...queue.technicians.values()].sort((a, b) =>
      `${a.technician.firstName} ${a.technician.lastName}`.localeCompare(`${b.technician.firstName} ${b.technician.lastName}`),
    )
    this.complete = queue.complete
  }
}

export const desk = new Desk()
