import { Code } from '@connectrpc/connect'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { problemOf } from '../../api/problem'
import type { Problem } from '../../api/problem'

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

/** Where fixes wait. */
export interface Waiting {
  readonly count: number
  load(): Promise<void>
  first(most: number): Fix[]
  add(fix: Fix): void
  keep(): Promise<void>
  forget(count: number): Promise<void>
}

export interface Sources {
  /** One position; exact asks the phone's satellite receiver, which takes from the battery. */
  locate(exact: boolean): Promise<GeolocationPosition>
  report(fixes: Fix[]): Promise<Answer>
  now(): number
  /** Whether the page is out of sight: browsers give no positions then, and nothing is asked for. */
  hidden(): boolean
  /** Whether the browser knows of no network. */
  offline(): boolean
}

/** The server takes so many at once. */
const batch = 500

/** The first wait after something went wrong that may right itself, in milliseconds; doubled for each further one, up to the pace. */
const soon = 3000

/**
 * Reports the position while on duty, as often as the server says, and never otherwise. A fix that does not get through is kept on the
 * phone and goes with the next, in batches, oldest first. Between two fixes the receiver is off.
 */
export class Reporting {
  /**
   * off: not on duty; starting: no fix yet; on: reported lately; unsent: fixes wait; hidden: out of sight; asking: the browser's question
   * is open; insecure: the page did not come over https, and browsers give none then; denied, failed: no fix.
   */
  status = $state<'off' | 'starting' | 'on' | 'unsent' | 'hidden' | 'asking' | 'insecure' | 'denied' | 'failed'>('off')
  accuracyMetres = $state<number>()
  reportedAt = $state<number>()
  waiting = $state(0)
  clockWrong = $state(false)
  problem = $state.raw<Problem>()
  /** The last fix of this phone, for its own map. */
  last = $state.raw<Fix>()
  /** Whether the technician is on the way: then the receiver is asked. Elsewhere what the phone knows anyway is enough. */
  exact = true
  private everyMs = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private round = 0
  /** The round that is at work; 0 when none is. */
  private busy = 0
  private failures = 0

  constructor(
    private readonly sources: Sources,
    private readonly fixes: Waiting,
  ) {}

  /** Sets the pace; undefined stops it. */
  pace(everyMs: number | undefined): void {
    if (everyMs === undefined) {
      this.round++
      clearTimeout(this.timer)
      this.everyMs = 0
      this.status = 'off'
      return
    }
    const bounded = Math.max(1000, everyMs)
    if (this.status === 'off') {
      this.status = 'starting'
      this.everyMs = bounded
      void this.step(++this.round)
    } else if (bounded !== this.everyMs) {
      this.everyMs = bounded
      this.now()
    }
  }

  /** The page has gone or closed: nothing more is asked for, and what waits stays on the phone. */
  leave(): void {
    this.round++
    clearTimeout(this.timer)
    this.status = 'off'
  }

  /** Takes and sends one now: the page is seen again, there is cover again, or the person has changed a permission. */
  now(): void {
    if (this.status === 'off' || this.busy === this.round) return
    clearTimeout(this.timer)
    void this.step(++this.round)
  }

  /** Sends what waits before the technician goes off duty, when the server takes no more; what does not get through then is forgotten. */
  async finish(): Promise<void> {
    try {
      await this.fixes.load()
      await this.sendWaiting()
    } catch {
      // A position of a time that is over is worth no second attempt.
    }
    await this.fixes.forget(this.fixes.count)
    this.waiting = 0
  }

  private async step(round: number): Promise<void> {
    this.busy = round
    let again = false
    try {
      await this.fixes.load()
      if (round !== this.round) return
      if (this.sources.hidden()) {
        this.status = 'hidden'
        return
      }
      const { coords } = await this.sources.locate(this.exact)
      if (round !== this.round) return
      this.take(coords)
      again = await this.flush(round)
    } catch (error) {
      if (round !== this.round) return
      const { code } = error as { code?: unknown }
      this.status = code === 1 ? 'denied' : code === 'asking' || code === 'insecure' ? code : 'failed'
      again = this.status === 'failed'
    } finally {
      if (this.busy === round) this.busy = 0
    }
    if (round !== this.round) return
    this.failures = again ? this.failures + 1 : 0
    // The pace may be minutes: whoever has just come on duty must not be without a position for so long because one attempt failed.
    const wait = again ? Math.min(this.everyMs, soon * 2 ** (this.failures - 1)) : this.everyMs
    this.timer = setTimeout(() => void this.step(round), wait)
  }

  private take(coords: GeolocationCoordinates): void {
    const fix: Fix = {
      point: { latitude: coords.latitude, longitude: coords.longitude },
      accuracyMetres: coords.accuracy,
      phoneTime: timestampFromMs(this.sources.now()),
    }
    if (coords.speed !== null && coords.speed >= 0) fix.speed = coords.speed
    if (coords.heading !== null && coords.heading >= 0) fix.heading = coords.heading
    this.accuracyMetres = coords.accuracy
    this.last = fix
    this.fixes.add(fix)
  }

  private async sendWaiting(): Promise<void> {
    while (this.fixes.count > 0) {
      const some = this.fixes.first(batch)
      const answer = await this.sources.report(some)
      await this.fixes.forget(some.length)
      this.clockWrong = answer.clockWrong
      if (answer.everyMs !== undefined) this.everyMs = Math.max(1000, answer.everyMs)
    }
  }

  /** Gives whether it should be tried again soon. Without cover it should not: whoever hears of cover calls now. */
  private async flush(round: number): Promise<boolean> {
    let again = false
    try {
      if (this.sources.offline()) throw new TypeError('offline')
      await this.sendWaiting()
      if (round !== this.round) return false
      this.reportedAt = this.sources.now()
      this.problem = undefined
      this.status = 'on'
    } catch (error) {
      if (round !== this.round) return false
      this.problem = problemOf(error)
      this.status = 'unsent'
      again = !this.problem.unreachable
      // A batch that is refused as a whole will be refused again.
      if (this.problem.code === Code.InvalidArgument || this.problem.code === Code.FailedPrecondition) await this.fixes.forget(batch)
      else await this.fixes.keep()
    }
    this.waiting = this.fixes.count
    return again
  }
}
