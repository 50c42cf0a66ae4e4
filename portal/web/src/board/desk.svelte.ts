import type { WatchBoardResponse } from '../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import type { Request } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { tickingNow } from '../api/clock.svelte'
import { problemOf } from '../api/problem'
import type { Problem } from '../api/problem'
import type { StreamState } from '../api/stream'
import { keepOpen } from '../api/stream'
import { browserStorage } from '../components/browserstorage'
import { route } from '../components/route.svelte'
import { session } from '../session/session.svelte'
import { dispatch } from './clients'
import type { Filter } from './filter'
import { matcher, readFilter, writeFilter } from './filter'
import type { Looked } from './looked'
import { isChanged, lookedAt, lookedAtAll, readLooked, writeLooked } from './looked'
import type { Delta, Seen } from './queue'
import { Queue } from './queue'
import { withHomes, writeView } from './views'

/** Where frames are rare, because something else keeps the machine busy, changes come without one after so long. */
const frameWithin = 100
/** Positions alone are shown at most this often; anything else with the next frame. */
const movesEvery = 1000

/**
 * What the board's panes share: the live queue and technicians, the filter, and what is chosen. One stream feeds it
 * while the board is shown. Arrays are replaced, never changed in place; a request or technician that did not change
 * stays the same object. Filter and choice are in the address, so that they can be shared and the back button works.
 */
class Desk {
  /** Everything open, in the queue's order. */
  requests = $state.raw<Request[]>([])
  /** Everyone on duty, by name. */
  technicians = $state.raw<Seen[]>([])
  /** False until the first snapshot has told every request. */
  queueComplete = $state(false)
  /** False until the first snapshot is whole. */
  complete = $state(false)
  line = $state<StreamState>('connecting')
  /** When the line was last heard, in milliseconds by this browser's clock; 0 before. */
  heardAt = $state(0)
  refused = $state.raw<Problem>()
  /** The id of the technician who is considered for the chosen request: the map draws the way. */
  consideredId = $state<string>()
  /** What changed and then ended since this person looked, newest last; only as long as the page is open. */
  ended = $state.raw<Request[]>([])
  private looked = $state.raw<Looked>()
  private queue = new Queue()
  private listeners = new Set<(delta: Delta) => void>()

  /** The id of the request that is looked at. */
  readonly chosenId = $derived(new URLSearchParams(route.query).get('request') ?? undefined)
  /** The address's filter as text; the filter changes only when it does. */
  readonly query = $derived(writeFilter(readFilter(route.query)))
  readonly filter = $derived(readFilter(this.query))
  /** Whether the map shows where technicians start from. */
  readonly homes = $derived(withHomes(route.query))
  /** The filter and what is on the map, as an address has it. */
  readonly view = $derived(writeView(this.query, this.homes))
  readonly waiting = $derived(this.requests.filter((one) => one.state === RequestState.TO_BE_SCHEDULED).length)
  /** What changed since this person looked, in the queue's order. */
  readonly changed = $derived(this.requests.filter((one) => isChanged(one, this.looked)))
  /** The requests that the filter lets through, in the queue's order. */
  readonly shown = $derived.by(() => {
    if (this.query === '') return this.requests
    // What is overdue or soon becomes so by itself: asked again every ten seconds.
    const now = this.filter.due ? Math.floor(tickingNow() / 10_000) * 10_000 : 0
    const match = matcher(this.filter, { now, changed: this.isChanged })
    return this.requests.filter(match)
  })

  /** Whether a request changed since this person looked at it. */
  readonly isChanged = (one: Request): boolean => isChanged(one, this.looked)

  request(id: string | undefined): Request | undefined {
    // Asked for whatever changes: the queue's own map does not say when it does.
    void this.requests
    return id === undefined ? undefined : this.queue.requests.get(id)
  }

  technician(id: string | undefined): Seen | undefined {
    void this.technicians
    return id === undefined ? undefined : this.queue.technicians.get(id)
  }

  choose(id: string | undefined): void {
    this.consideredId = undefined
    this.go(this.view, id)
    const one = this.request(id)
    if (one && this.isChanged(one)) this.see(one)
  }

  /** Shows another part of the queue, or another view; in place of the address before when that was only a step on the way here. */
  show(next: Filter | string, inPlace = false): void {
    const view = typeof next === 'string' ? writeView(writeFilter(readFilter(next)), withHomes(next)) : writeView(writeFilter(next), this.homes)
    this.go(view, this.chosenId, inPlace)
  }

  showHomes(on: boolean): void {
    this.go(writeView(this.query, on), this.chosenId, true)
  }

  private go(view: string, chosen: string | undefined, inPlace = false): void {
    const request = chosen ? `request=${encodeURIComponent(chosen)}` : ''
    const search = [view, request].filter(Boolean).join('&')
    const to = `/board/${search ? `?${search}` : ''}`
    if (inPlace) route.replace(to)
    else route.go(to)
  }

  /** Notes that a version is known to this person: they made it, or looked at it. */
  see(one: Request): void {
    this.remember(lookedAt(one, this.looked))
  }

  seeAll(): void {
    this.remember(lookedAtAll([...this.requests, ...this.ended]))
    this.ended = []
  }

  private remember(looked: Looked | undefined): void {
    if (!looked || looked === this.looked) return
    this.looked = looked
    writeLooked(browserStorage, session.person?.id ?? '', looked)
  }

  /** Calls back with what changed, whenever something did; the result ends that. For what draws differences, as the map does. */
  onChange(listener: (delta: Delta) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Opens the stream; the result ends it. */
  start(): () => void {
    this.queue = new Queue()
    this.complete = this.queueComplete = false
    this.requests = this.ended = []
    this.technicians = []
    this.looked = readLooked(browserStorage, session.person?.id ?? '')
    let frame: number | undefined
    let moves: ReturnType<typeof setTimeout> | undefined
    let soon: ReturnType<typeof setTimeout> | undefined
    const cancel = () => {
      if (frame !== undefined) cancelAnimationFrame(frame)
      clearTimeout(moves)
      clearTimeout(soon)
      frame = moves = soon = undefined
    }
    const settle = () => {
      cancel()
      this.settle()
    }
    const stream = keepOpen<WatchBoardResponse>({
      open: (signal) => dispatch.watchBoard({ batched: true }, { signal, timeoutMs: 0 }),
      firstAtOnce: true,
      onOpen: () => this.queue.begin(),
      onMessages: (messages) => {
        this.queue.take(messages, Date.now())
        // The first rows wait for nothing.
        if (this.requests.length === 0 && this.queue.requests.size > 0) settle()
        else if (this.queue.onlyMoves) moves ??= setTimeout(settle, movesEvery)
        // A page that is not seen has no frames.
        else if (document.hidden) moves ??= setTimeout(settle, movesEvery)
        else {
          frame ??= requestAnimationFrame(settle)
          soon ??= setTimeout(settle, frameWithin)
        }
      },
      onState: (state, heardAt) => {
        this.line = state
        this.heardAt = heardAt
      },
      onRefused: (error) => (this.refused = problemOf(error)),
    })
    const unlisten = session.onResumed(() => {
      this.refused = undefined
      stream.resume()
    })
    return () => {
      cancel()
      unlisten()
      stream.stop()
    }
  }

  private settle(): void {
    const { queue } = this
    const delta = queue.settle()
    this.requests = queue.inOrder
    this.technicians = queue.byName
    this.queueComplete = queue.requestsComplete
    if (queue.complete && !this.complete) {
      this.complete = true
      // The first time at this board nothing is new.
      if (!this.looked) this.seeAll()
    }
    if (delta.ended.length > 0) this.ended = [...this.ended, ...delta.ended.filter(this.isChanged)].slice(-200)
    const chosen = this.chosenId && delta.requests.has(this.chosenId) ? queue.requests.get(this.chosenId) : undefined
    if (chosen && this.isChanged(chosen)) this.see(chosen)
    for (const listener of this.listeners) listener(delta)
  }
}

export const desk = new Desk()
