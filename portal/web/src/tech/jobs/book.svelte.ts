import type { DescMessage, MessageShape } from '@bufbuild/protobuf'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { GuideArticle } from '../../gen/utsendt/mobile/v1/guide_pb.js'
import { GuideArticleSchema } from '../../gen/utsendt/mobile/v1/guide_pb.js'
import type { Job, Me } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import { JobSchema, ListJobsResponseSchema, MeSchema } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import type { PhoneStore } from '../store/store'
import { isBefore } from '../duty/duty'
import { isFull, keyOf } from '../store/store'

/** Messages are kept as the server sent them, with when that was. */
interface Kept {
  bytes: Uint8Array
  /** Milliseconds by the phone's clock. */
  at: number
}

export interface BookSources {
  job(requestId: string): Promise<Job | undefined>
  guide(slug: string): Promise<GuideArticle | undefined>
  now(): number
}

const guideFor = 7 * 24 * 3600_000

/** What the phone knows of one technician's jobs: the list, each job with its history, and the articles that go with them. Kept on the phone. */
export class Book {
  jobs = $state.raw<Job[]>()
  me = $state.raw<Me>()
  /** When the list was heard from the server; milliseconds by the phone's clock. */
  heardAt = $state<number>()
  details = $state.raw<ReadonlyMap<string, Job>>(new Map())
  guides = $state.raw<ReadonlyMap<string, { article: GuideArticle; at: number }>>(new Map())
  full = $state(false)
  private fetching = false
  private again = false

  constructor(
    readonly person: string,
    private readonly store: PhoneStore,
    private readonly sources: BookSources,
  ) {}

  /** Reads what is on the phone. What is damaged or of another make is left out: the server has it all. */
  async read(): Promise<void> {
    const list = await this.load('list', ListJobsResponseSchema)
    if (list && !this.jobs) {
      this.jobs = list.message.jobs
      this.heardAt = list.at
    }
    const me = await this.load('me', MeSchema)
    this.me ??= me?.message
    const details = new Map<string, Job>()
    const guides = new Map<string, { article: GuideArticle; at: number }>()
    for (const job of this.jobs ?? []) {
      const detail = await this.load(`job-${job.visitId}`, JobSchema)
      if (!detail) continue
      details.set(job.visitId, detail.message)
      for (const { slug } of detail.message.guide) {
        const guide = await this.load(`guide-${slug}`, GuideArticleSchema)
        if (guide) guides.set(slug, { article: guide.message, at: guide.at })
      }
    }
    this.details = details
    this.guides = guides
  }

  /** The stream and the answers to presses come by different ways: what was said earlier does not undo what was said later. */
  async takeMe(me: Me): Promise<void> {
    if (isBefore(me, this.me)) return
    this.me = me
    await this.save('me', MeSchema, me)
  }

  async take(jobs: Job[]): Promise<void> {
    this.jobs = jobs
    this.heardAt = this.sources.now()
    await this.save('list', ListJobsResponseSchema, create(ListJobsResponseSchema, { jobs }))
    await this.fetchAll()
  }

  /** The answer to a step carries the job as it is now. */
  replace(job: Job): void {
    this.jobs = this.jobs?.map((one) => (one.visitId === job.visitId && one.version <= job.version ? job : one))
  }

  /** Fetches what only GetJob tells again, for it may have changed without the job: a reading, the van. */
  async refresh(requestId: string): Promise<void> {
    const job = await this.sources.job(requestId).catch(() => undefined)
    if (!job) return
    this.details = new Map(this.details).set(job.visitId, job)
    await this.save(`job-${job.visitId}`, JobSchema, job)
  }

  find(requestId: string): Job | undefined {
    return this.jobs?.find((one) => one.requestId === requestId)
  }

  /** The list's job with what only GetJob tells. */
  whole(job: Job): Job {
    const detail = this.details.get(job.visitId)
    if (!detail) return job
    const { activities, earlier, counters, guide, vanStock, siteNotes } = detail
    return { ...job, activities, earlier, counters, guide, vanStock, siteNotes }
  }

  /** What is on the phone of this person's jobs goes: they have signed out. */
  async forget(): Promise<void> {
    const keys = ['list', 'me', ...[...this.details.keys()].map((one) => `job-${one}`), ...[...this.guides.keys()].map((one) => `guide-${one}`)]
    await this.store.write(keys.map((one) => ({ bucket: 'jobs', key: keyOf(this.person, one), value: undefined })))
  }

  /** Fetches the history and the articles of every job whose version the phone has not seen, one after the other. */
  private async fetchAll(): Promise<void> {
    if (this.fetching) {
      this.again = true
      return
    }
    this.fetching = true
    try {
      for (const job of this.jobs ?? []) await this.fetchOne(job)
      await this.clear()
    } catch {
      // No cover, or the job went meanwhile: the next list tries again.
    } finally {
      this.fetching = false
      if (this.again) {
        this.again = false
        void this.fetchAll()
      }
    }
  }

  private async fetchOne(job: Job): Promise<void> {
    let detail = this.details.get(job.visitId)
    if (!detail || detail.version !== job.version) {
      detail = await this.sources.job(job.requestId)
      if (!detail) return
      this.details = new Map(this.details).set(detail.visitId, detail)
      await this.save(`job-${detail.visitId}`, JobSchema, detail)
    }
    for (const { slug } of detail.guide) {
      const kept = this.guides.get(slug)
      if (kept && this.sources.now() - kept.at < guideFor) continue
      const article = await this.sources.guide(slug).catch(() => undefined)
      if (!article) continue
      this.guides = new Map(this.guides).set(slug, { article, at: this.sources.now() })
      await this.save(`guide-${slug}`, GuideArticleSchema, article)
    }
  }

  /** Jobs that are over need no room. */
  private async clear(): Promise<void> {
    const live = new Set(this.jobs?.map((one) => one.visitId))
    const gone = [...this.details.keys()].filter((one) => !live.has(one))
    if (gone.length === 0) return
    this.details = new Map([...this.details].filter(([visit]) => live.has(visit)))
    await this.store.write(gone.map((one) => ({ bucket: 'jobs', key: keyOf(this.person, `job-${one}`), value: undefined })))
  }

  private async save<S extends DescMessage>(name: string, schema: S, message: MessageShape<S>): Promise<void> {
    const value: Kept = { bytes: toBinary(schema, message), at: this.sources.now() }
    try {
      await this.store.write([{ bucket: 'jobs', key: keyOf(this.person, name), value }])
    } catch (error) {
      this.full ||= isFull(error)
    }
  }

  private async load<S extends DescMessage>(name: string, schema: S): Promise<{ message: MessageShape<S>; at: number } | undefined> {
    try {
      const kept = await this.store.get<Kept>('jobs', keyOf(this.person, name))
      return kept && { message: fromBinary(schema, kept.bytes), at: kept.at }
    } catch {
      return undefined
    }
  }
}
