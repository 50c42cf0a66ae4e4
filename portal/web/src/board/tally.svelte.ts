import { serverNow } from '../api/clock.svelte'
import type { Request } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { desk } from './desk.svelte'
import { count, matcher, readFilter } from './filter'

/** Milliseconds between two counts: a number need not be newer, and counting 5,000 rows in each frame would cost. */
const every = 500

/** How many requests each choice of the filter and each view would show, counted again now and then. Make it in a component. */
export class Tally {
  private requests = $state.raw<readonly Request[]>(desk.requests)
  private now = $state(serverNow())
  private timer: ReturnType<typeof setTimeout> | undefined

  readonly counts = $derived(count(this.requests, desk.filter, { now: this.now, changed: desk.isChanged }))

  constructor() {
    $effect(() => {
      void desk.requests
      this.timer ??= setTimeout(() => {
        this.timer = undefined
        this.requests = desk.requests
        this.now = serverNow()
      }, every)
    })
    $effect(() => () => clearTimeout(this.timer))
  }

  /** How many of the whole queue a view shows. */
  of(query: string): number {
    if (query === '') return this.requests.length
    const match = matcher(readFilter(query), { now: this.now, changed: desk.isChanged })
    let n = 0
    for (const one of this.requests) if (match(one)) n++
    return n
  }
}
