import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt'
import type { EndedVisit } from '../../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import { serverNow } from '../../api/clock.svelte'
import { problemOf } from '../../api/problem'
import type { Problem } from '../../api/problem'
import { dispatch } from '../clients'
import { desk } from '../desk.svelte'

/** How far back the first look goes: today has begun everywhere on earth, whatever a site's clock says. */
const reach = 38 * 3600_000
/** Milliseconds between two looks, however much ends. */
const every = 2000
/** More than this has no board; it bounds what a page keeps. */
const most = 20_000

/**
 * The visits that ended lately, of everyone: the past of each technician's day. They are asked for once, and what has ended since
 * whenever the board tells of a request that nobody is on any more. Make it in a component.
 */
export class EndedVisits {
  /** What ended first comes first. */
  list = $state.raw<EndedVisit[]>([])
  problem = $state.raw<Problem>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private asking = false
  private again = false

  constructor() {
    $effect(() => {
      if (desk.complete) void this.load()
    })
    $effect(() => {
      const end = desk.onChange(({ requests, ended }) => {
        if (!desk.complete) return
        if (ended.length > 0 || [...requests].some((id) => !desk.request(id)?.visit)) this.soon()
      })
      return () => {
        end()
        clearTimeout(this.timer)
      }
    })
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      void this.load()
    }, every)
  }

  async load(): Promise<void> {
    if (this.asking) {
      this.again = true
      return
    }
    this.asking = true
    try {
      const known = new Set(this.list.map((one) => one.visit?.id))
      const last = this.list.at(-1)?.visit?.endedAt
      const since = last ?? timestampFromMs(serverNow() - reach)
      const found: EndedVisit[] = []
      let pageToken = ''
      do {
        const answer = await dispatch.listEndedVisits({ since, pageSize: 500, pageToken })
        found.push(...answer.visits.filter((one) => !known.has(one.visit?.id)))
        pageToken = answer.nextPageToken
      } while (pageToken && found.length < most)
      this.problem = undefined
      const oldest = serverNow() - reach
      if (found.length > 0) this.list = [...this.list, ...found].filter(({ visit }) => visit?.endedAt && timestampMs(visit.endedAt) >= oldest)
    } catch (error) {
      this.problem = problemOf(error)
    } finally {
      this.asking = false
      if (this.again) {
        this.again = false
        this.soon()
      }
    }
  }
}
