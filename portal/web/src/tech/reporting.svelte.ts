import { Code } from '@connectrpc/connect'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { problemOf } from '../api/problem'
import type { Problem } from '../api/problem'

/** A fix as it is sent. */
export interface Fix {
  point: { latitude: number; longitude: number }
  accuracyMetres: number
  speed?: number
  heading?: number
  phoneTime: Timestamp
}

/** What the server answers to a batch. */
export interface Answer {
  /** Milliseconds until the next report; undefined keeps the pace. */
  everyMs: number | undefined
  clockWrong: boolean
}

export interface Sources {
  locate(): Promise<GeolocationPosition>
  report(fixes: Fix[]): Promise<Answer>
  now(): number
}

/** How many fixes wait at most; the oldest go first. The server takes 500 at once. */
const waitingMost = 500

/**
 * Reports the position while on duty, as often as the server says, and never otherwise. Fixes that do not
 * get through wait for the next time.
 */
export class Reporting {
  /** off: not on duty; starting: no fix yet; on: reported lately; unsent: fixes wait; denied, failed: no fix. */
  status = $state<'off' | 'starting' | 'on' | 'unsent' | 'denied' | 'failed'>('off')
  accuracyMetres = $state<number>()
  reportedAt = $state<number>()
  waiting = $state(0)
  clockWrong = $state(false)
  problem = $state.raw<Problem>()
  private fixes: Fix[] = []
  private everyMs = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private round = 0

  constructor(private readonly sources: Sources) {}

  /** Sets the pace; undefined stops it and forgets what waits. */
  pace(everyMs: number | undefined): void {
    if (everyMs === undefined) {
      this.round++
      clearTimeout(this.timer)
      this.fixes = []
      this.waiting = 0
      this.everyMs = 0
      this.status = 'off'
      return
    }
    const bounded = Math.max(1000, everyMs)
    if (this.status === 'off') {
      this.everyMs = bounded
      this.status = 'starting'
      void this.step(++this.round)
    } else if (bounded !== this.everyMs) {
      this.everyMs = bounded
      clearTimeout(this.timer)
      void this.step(++this.round)
    }
  }

  private async step(round: number): Promise<void> {
    try {
      const { coords } = await this.sources.locate()
      if (round !== this.round) return
      const fix: Fix = {
        point: { latitude: coords.latitude, longitude: coords.longitude },
        accuracyMetres: coords.accuracy,
        phoneTime: timestampFromMs(this.sources.now()),
      }
      if (coords.speed !== null && coords.speed >= 0) fix.speed = coords.speed
      if (coords.heading !== null && coords.heading >= 0) fix.heading = coords.heading
      this.accuracyMetres = coords.accuracy
      this.fixes = [...this.fixes, fix].slice(-waitingMost)
      await this.flush(round)
    } catch (error) {
      if (round !== this.round) return
      this.status = (error as { code?: number }).code === 1 ? 'denied' : 'failed'
    }
    if (round === this.round) this.timer = setTimeout(() => void this.step(round), this.everyMs)
  }

  private async flush(round: number): Promise<void> {
    const batch = this.fixes
    try {
      const answer = await this.sources.report(batch)
      if (round !== this.round) return
      this.fixes = this.fixes.filter((fix) => !batch.includes(fix))
      this.reportedAt = this.sources.now()
      this.clockWrong = answer.clockWrong
      this.problem = undefined
      this.status = 'on'
      if (answer.everyMs !== undefined) this.everyMs = Math.max(1000, answer.everyMs)
    } catch (error) {
      if (round !== this.round) return
      this.problem = problemOf(error)
      this.status = 'unsent'
      // A batch that is refused as a whole will be refused again.
      if (this.problem.code === Code.InvalidArgument || this.problem.code === Code.FailedPrecondition) this.fixes = []
    }
    this.waiting = this.fixes.length
  }
}
