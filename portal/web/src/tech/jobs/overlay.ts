import type { Job } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import { RequestState, VisitState } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import type { Entry, Step } from '../queue/entry'

/** A job as the technician sees it: what the server said last, with their own presses on top that it has not told of yet. */
export interface Shown {
  job: Job
  /** Presses that are on this phone only, in their order. */
  waiting: Entry[]
  /** By what is pressed, the job is over: finished or handed back. */
  over: boolean
}

const after: Partial<Record<Step, { state: RequestState; visitState: VisitState; allowed: string[] }>> = {
  accept: { state: RequestState.DISPATCHED, visitState: VisitState.ACCEPTED, allowed: ['accept', 'decline', 'depart'] },
  depart: { state: RequestState.EN_ROUTE, visitState: VisitState.EN_ROUTE, allowed: ['decline', 'arrive'] },
  arrive: { state: RequestState.ON_SITE, visitState: VisitState.ON_SITE, allowed: ['complete', 'second_visit'] },
}

/**
 * The presses of a job that its list does not show: those that wait, and those that the server took after the list was heard.
 * heardAt is in milliseconds by the phone's clock.
 */
function ahead(job: Job, entries: Entry[], heardAt: number): Entry[] {
  return entries.filter((one) => one.visitId === job.visitId && (one.state === 'waiting' || (one.state === 'sent' && (one.answeredAt ?? 0) >= heardAt)))
}

export function shown(job: Job, entries: Entry[], heardAt: number): Shown {
  const own = ahead(job, entries, heardAt)
  const over = own.some((one) => one.step === 'complete' || one.step === 'decline')
  const last = [...own].reverse().find((one) => after[one.step])
  // A step that the server has taken meanwhile, with a later one, is not gone back on.
  const next = last && after[last.step]
  const behind = next && next.visitState > job.visitState
  return { job: behind ? { ...job, ...next } : job, waiting: own.filter((one) => one.state === 'waiting'), over }
}

/** The one step that comes next. Accepting again changes nothing, so it is not offered. */
export function nextStep(job: Job): 'accept' | 'depart' | 'arrive' | 'complete' | undefined {
  const may = (step: string) => job.allowed.includes(step)
  if (may('accept') && job.visitState === VisitState.ASSIGNED) return 'accept'
  if (may('depart')) return 'depart'
  if (may('arrive')) return 'arrive'
  return may('complete') || may('second_visit') ? 'complete' : undefined
}

const underWay = (job: Job) => job.visitState === VisitState.EN_ROUTE || job.visitState === VisitState.ON_SITE

/** The jobs of the day: the one to go on with first, the others in the planned order, and those that are over but not sent. */
export function dayOf(jobs: Job[], entries: Entry[], heardAt = 0): { next: Shown | undefined; later: Shown[]; over: Shown[] } {
  const all = jobs.map((job) => shown(job, entries, heardAt))
  const live = all.filter((one) => !one.over)
  const next = live.find((one) => underWay(one.job)) ?? live[0]
  return { next, later: live.filter((one) => one !== next), over: all.filter((one) => one.over && one.waiting.length > 0) }
}

/** Another job that must end before this one can begin. */
export function inTheWay(job: Job, day: ReturnType<typeof dayOf>): Job | undefined {
  const first = day.next?.job
  return first && first.visitId !== job.visitId && underWay(first) ? first : undefined
}

export type Lateness = 'window' | 'planned' | 'promise'

/** What has passed without the technician being there, the gravest first. Milliseconds. */
export function lateness(job: Job, now: number): Lateness | undefined {
  if (job.visitState === VisitState.ON_SITE) return undefined
  const passed = (at: { seconds: bigint } | undefined) => at !== undefined && Number(at.seconds) * 1000 < now
  if (passed(job.agreedWindow?.end)) return 'window'
  if (passed(job.resolveBy)) return 'promise'
  return job.visitState !== VisitState.EN_ROUTE && passed(job.plannedArrival) ? 'planned' : undefined
}
