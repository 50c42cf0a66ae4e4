import { equals } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { Technician, TechnicianMoved, WatchBoardResponse } from '../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import type { Request } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { RequestSchema, RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { byPromise, merged } from './order'

/** A technician, and when their position came by this browser's clock: its age goes on from there. */
export interface Seen {
  technician: Technician
  positionAt: number
}

/** What changed since the last settle, by ids. */
export interface Delta {
  requests: Set<string>
  /** Duty, jobs or name. */
  technicians: Set<string>
  moved: Set<string>
  /** Those of the requests that were told to have ended, as they ended. */
  ended: Request[]
}

const none = (): Delta => ({ requests: new Set(), technicians: new Set(), moved: new Set(), ended: [] })

/**
 * Everything open and every technician, as the stream's messages built it up. Messages are taken as they come, which
 * is cheap; the sorted lists follow when settled, once a frame at most. A request or technician that did not change
 * stays the same object.
 */
export class Queue {
  readonly requests = new Map<string, Request>()
  readonly technicians = new Map<string, Seen>()
  /** In the queue's order, as of the last settle. */
  inOrder: Request[] = []
  /** By name, as of the last settle. */
  byName: Seen[] = []
  /** False until the first snapshot has told every request; technicians come after them. */
  requestsComplete = false
  /** False until the first snapshot is whole. */
  complete = false
  private delta = none()
  /** What was complete at the last settle. */
  private settled = ''
  private snapshot: { requests: Set<string>; technicians: Set<string> } | undefined

  /** A stream has been opened: what comes now is everything, until the snapshot is complete. */
  begin(): void {
    this.snapshot = { requests: new Set(), technicians: new Set() }
  }

  take(messages: readonly WatchBoardResponse[], now: number): void {
    for (const { change } of messages) {
      switch (change.case) {
        case 'requests':
          // The server tells everything anew now and then, also on a stream that stays open.
          if (change.value.snapshot && !this.snapshot) this.begin()
          for (const one of change.value.requests) this.takeRequest(one)
          break
        case 'technicians':
          if (change.value.snapshot && !this.snapshot) this.begin()
          if (change.value.snapshot) this.requestsComplete = true
          for (const one of change.value.technicians) this.takeTechnician(one, now)
          break
        case 'techniciansMoved':
          for (const one of change.value.moved) this.takeMove(one, now)
          break
        case 'request':
          this.takeRequest(change.value)
          break
        case 'technician':
          this.takeTechnician(change.value, now)
          break
        case 'moved':
          this.takeMove(change.value, now)
          break
        case 'snapshotComplete':
          this.finish()
          break
      }
    }
  }

  /** True when nothing waits to be settled but positions. */
  get onlyMoves(): boolean {
    const { requests, technicians } = this.delta
    return requests.size === 0 && technicians.size === 0 && this.settled === this.whole
  }

  private get whole(): string {
    return `${this.requestsComplete} ${this.complete}`
  }

  /** Brings the lists up to date and gives what changed since the last time. */
  settle(): Delta {
    const { delta } = this
    this.delta = none()
    this.settled = this.whole
    if (delta.requests.size > 0) {
      this.inOrder = merged(this.inOrder, delta.requests, found(this.requests, delta.requests), (one) => one.id, byPromise)
    }
    if (delta.technicians.size > 0) {
      this.byName = merged(this.byName, delta.technicians, found(this.technicians, delta.technicians), idOf, byName)
    }
    if (delta.moved.size > 0) this.byName = this.byName.map((one) => this.technicians.get(one.technician.id) ?? one)
    return delta
  }

  private takeRequest(request: Request): void {
    this.snapshot?.requests.add(request.id)
    const known = this.requests.get(request.id)
    // A moved plan comes without a new version; what is told again is no change.
    if (known && (known.version > request.version || (known.version === request.version && equals(RequestSchema, known, request)))) return
    if (request.state === RequestState.COMPLETED || request.state === RequestState.CANCELLED) {
      if (!this.requests.delete(request.id)) return
      this.delta.ended.push(request)
    } else {
      this.requests.set(request.id, request)
    }
    this.delta.requests.add(request.id)
  }

  private takeTechnician(technician: Technician, now: number): void {
    const known = this.technicians.get(technician.id)
    this.snapshot?.technicians.add(technician.id)
    // A change of jobs may come without a position: the one known stays, with its age. Off duty nobody is anywhere.
    const position = technician.position ?? (technician.onDuty ? known?.technician.position : undefined)
    this.technicians.set(technician.id, {
      technician: position ? { ...technician, position } : technician,
      positionAt: technician.position ? now : (known?.positionAt ?? now),
    })
    this.delta.technicians.add(technician.id)
  }

  private takeMove({ technicianId, position }: TechnicianMoved, now: number): void {
    const known = this.technicians.get(technicianId)
    if (!known?.technician.onDuty || !position) return
    const before = known.technician.position?.recordedAt
    if (before && position.recordedAt && timestampMs(before) > timestampMs(position.recordedAt)) return
    this.technicians.set(technicianId, { technician: { ...known.technician, position }, positionAt: now })
    this.delta.moved.add(technicianId)
  }

  /** What the snapshot did not hold has ended while nobody was listening. */
  private finish(): void {
    const { snapshot } = this
    if (snapshot) {
      for (const id of this.requests.keys()) {
        if (snapshot.requests.has(id)) continue
        this.delta.requests.add(id)
        this.requests.delete(id)
      }
      for (const id of this.technicians.keys()) {
        if (snapshot.technicians.has(id)) continue
        this.delta.technicians.add(id)
        this.technicians.delete(id)
      }
    }
    this.snapshot = undefined
    this.requestsComplete = this.complete = true
  }
}

function found<T>(map: ReadonlyMap<string, T>, ids: Iterable<string>): T[] {
  const list: T[] = []
  for (const id of ids) {
    const one = map.get(id)
    if (one) list.push(one)
  }
  return list
}

const idOf = (one: Seen) => one.technician.id
const collator = new Intl.Collator('nb')
const names = new WeakMap<Technician, string>()
function nameOf({ technician }: Seen): string {
  let name = names.get(technician)
  if (name === undefined) names.set(technician, (name = `${technician.firstName} ${technician.lastName}`))
  return name
}
const byName = (a: Seen, b: Seen) => collator.compare(nameOf(a), nameOf(b)) || (idOf(a) < idOf(b) ? -1 : 1)
