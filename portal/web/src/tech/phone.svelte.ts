import { durationMs } from '@bufbuild/protobuf/wkt'
import { backOff } from '../api/backoff'
import { keepOpen } from '../api/stream'
import type { Stream, StreamState } from '../api/stream'
import { problemOf } from '../api/problem'
import type { Problem } from '../api/problem'
import { VisitState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import type { Job, Me, WatchJobsResponse } from '../gen/utsendt/mobile/v1/mobile_service_pb.js'
import { session } from '../session/session.svelte'
import { sessions } from '../session/clients'
import { sendEntry } from './calls'
import { mobile } from './clients'
import { dutyOf } from './duty/duty'
import { Drafts } from './complete/drafts.svelte'
import { Book } from './jobs/book.svelte'
import { dayOf } from './jobs/overlay'
import { Fixes } from './position/fixes'
import { Reporting } from './position/reporting.svelte'
import { onPermission, positions } from './position/sources'
import type { Entry } from './queue/entry'
import { noJob } from './queue/entry'
import { Files } from './queue/files.svelte'
import { wasOvertaken } from './queue/order'
import { Queue } from './queue/queue.svelte'
import { ServerRecord } from './record/record.svelte'
import type { Change, PhoneStore } from './store/store'
import { tidy } from './store/tidy'

const longestWait = 60_000
const tidyEvery = 24 * 3600_000

/** One technician's phone: what it knows, what was pressed on it, what it sends. Begins when they are in, ends with the page. */
export class Phone {
  readonly queue: Queue
  readonly files: Files
  readonly book: Book
  readonly drafts: Drafts
  readonly reporting: Reporting
  line = $state<StreamState>('connecting')
  refused = $state.raw<Problem>()
  /** Another technician is signed in in this browser: what the server says is not this person's. */
  elsewhere = $state(false)
  readonly day = $derived.by(() => dayOf(this.book.jobs ?? [], this.queue.entries, this.book.heardAt))
  /** On duty by what was pressed last, else by what the server said last; unknown before it has said anything. */
  readonly duty = $derived.by(() => dutyOf(this.queue.waiting, this.book.me))
  readonly onDuty = $derived(this.duty === 'on')
  /** Nothing is known of the duty, and nobody is there to tell: it can be begun all the same. */
  readonly dutyUntold = $derived(this.duty === 'unknown' && this.line !== 'connecting' && this.line !== 'live')
  private readonly fixes: Fixes
  private tidiedAt = 0
  private stream: Stream | undefined
  private ends: (() => void)[] = []
  private readonly channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('utsendt-phone')

  constructor(
    readonly person: string,
    readonly number: string,
    readonly store: PhoneStore,
    answered: (entry: Entry) => void,
  ) {
    const who = async () => (await sessions.getMe({})).person?.id ?? ''
    const changed = () => this.channel?.postMessage({ person })
    this.fixes = new Fixes(person, store)
    this.drafts = new Drafts(person, store, Date.now)
    this.files = new Files(person, store, {
      start: async ({ id, requestId, visitId, kind, size, sha256 }) =>
        whole((await mobile.startUpload({ operationId: id, requestId, visitId, kind, size: BigInt(size), sha256 })).upload),
      append: async (uploadId, offset, data) => whole((await mobile.appendUpload({ uploadId, offset: BigInt(offset), data })).upload),
      who,
      now: Date.now,
      changed,
    })
    this.queue = new Queue(person, store, {
      send: async (entry) => {
        if (entry.step === 'go_off_duty') await this.reporting.finish()
        const answer = await sendEntry(entry)
        if ('me' in answer && answer.me) await this.takeMe(answer.me)
        if ('job' in answer && answer.job) this.book.replace(answer.job)
      },
      who,
      now: Date.now,
      online: () => navigator.onLine,
      alone: (work) => (navigator.locks ? navigator.locks.request(`utsendt-send-${person}`, work) : work()) as ReturnType<typeof work>,
      wait: (failures) => Math.min(longestWait, backOff(failures, Math.random()) * 2),
      changed,
      withPress: (entry) => (entry.step === 'complete' ? this.files.follow(entry) : []),
      withAnswer: async (entry) => this.withAnswer(entry),
      afterwards: () => this.files.send(this.queue.waiting),
      answered,
    })
    this.book = new Book(person, store, {
      job: async (requestId) => (await mobile.getJob({ requestId })).job,
      guide: async (slug) => (await mobile.getGuide({ slug })).article,
      now: Date.now,
    })
    this.reporting = new Reporting(positions, this.fixes)
  }

  async start(): Promise<void> {
    await this.book.read()
    await this.files.read()
    await this.queue.start()
    this.pace()
    this.stream = keepOpen<WatchJobsResponse>({
      open: (signal) => mobile.watchJobs({}, { signal, timeoutMs: 0 }),
      onMessages: (messages) => this.take(messages),
      onState: (state) => {
        this.line = state
        if (state === 'live') this.retry()
      },
      onRefused: (error) => (this.refused = problemOf(error)),
    })
    const retry = () => this.retry()
    window.addEventListener('online', retry)
    document.addEventListener('visibilitychange', retry)
    this.channel?.addEventListener('message', this.heard)
    this.ends.push(
      () => window.removeEventListener('online', retry),
      () => document.removeEventListener('visibilitychange', retry),
      () => this.channel?.close(),
      onPermission(() => this.reporting.now()),
      this.store.onLasting?.(() => void this.takeUp()) ?? (() => {}),
      session.onResumed(() => {
        this.refused = undefined
        this.stream?.resume()
        this.queue.flush()
      }),
    )
  }

  /** Goes on or off duty: at once for this phone, for the server when it is told. */
  async setDuty(onDuty: boolean): Promise<void> {
    await this.queue.press(onDuty ? 'go_on_duty' : 'go_off_duty', noJob)
    this.pace()
  }

  /** What the server knows of what this person did, on whatever phone. */
  record(): ServerRecord {
    return new ServerRecord({
      page: (pageToken) => mobile.listOperations({ pageSize: 20, pageToken }),
      of: (ids) => mobile.listOperations({ ids }),
    })
  }

  stop(): void {
    this.ends.forEach((end) => end())
    this.stream?.stop()
    this.queue.stop()
    this.reporting.leave()
  }

  /** How many things are on this phone only. */
  get unsent(): number {
    return this.queue.waiting.length + this.files.unsent.length
  }

  private retry(): void {
    if (document.visibilityState === 'hidden') return
    this.queue.flush()
    this.reporting.now()
  }

  /** Another tab of this person has pressed or sent something. */
  private heard = (event: MessageEvent<{ person?: string }>): void => {
    if (event.data.person !== this.person) return
    void this.queue.read()
    void this.files.read()
  }

  /** The phone's store has opened at last: what waited there from before is sent too, in its order. */
  private async takeUp(): Promise<void> {
    await this.book.read()
    await this.files.read()
    await this.fixes.reload()
    await this.queue.read()
    this.channel?.postMessage({ person: this.person })
    this.queue.flush()
  }

  private take(messages: WatchJobsResponse[]): void {
    for (const { me, jobs, heartbeat } of messages) {
      if (me && this.number && me.number !== this.number) {
        this.elsewhere = true
        this.reporting.leave()
        return
      }
      this.elsewhere = false
      if (me) void this.book.takeMe(me)
      if (!heartbeat) {
        void this.book.take(jobs)
        void this.tidy(jobs)
      }
      this.pace()
    }
  }

  /** Once a day, and only when the server has just said which jobs there are. */
  private async tidy(jobs: Job[]): Promise<void> {
    if (!this.store.lasting || Date.now() - this.tidiedAt < tidyEvery) return
    this.tidiedAt = Date.now()
    try {
      const gone = await tidy(this.store, { person: this.person, live: new Set(jobs.map((one) => one.visitId)), now: Date.now() })
      if (gone.some((one) => one.startsWith('files'))) await this.files.read()
    } catch {
      // A store that cannot be tidied now is tidied another day.
    }
  }

  private async takeMe(me: Me): Promise<void> {
    await this.book.takeMe(me)
    this.pace()
  }

  /** Positions are for duty alone. Without cover the last word of the server holds, unless the technician has gone off duty since. */
  private pace(): void {
    const { me, jobs } = this.book
    this.reporting.exact = jobs?.some((one) => one.visitState === VisitState.EN_ROUTE) ?? false
    this.reporting.pace(me?.onDuty && this.onDuty && me.reportEvery ? durationMs(me.reportEvery) : undefined)
  }

  private withAnswer(entry: Entry): Change[] {
    if (entry.step === 'go_on_duty' || entry.step === 'go_off_duty') this.pace()
    if (entry.step !== 'complete') return []
    if (entry.state === 'refused' && !wasOvertaken(entry)) return this.files.giveBack(entry)
    this.drafts.forget(entry.visitId)
    return [{ bucket: 'drafts', key: this.drafts.keyOf(entry.visitId), value: undefined }]
  }
}

function whole<T>(message: T | undefined): T {
  if (message === undefined) throw new Error('the answer is empty')
  return message
}
