import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { Technician, WatchBoardResponse } from '../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import type { Request } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'

/** A technician, and when their position came by this browser's clock: its age goes on from there. */
export interface Seen {
  technician: Technician
  positionAt: number
}

/** Everything open and every technician, as the stream's messages built it up. */
export class Queue {
  requests = new Map<string, Request>()
  technicians = new Map<string, Seen>()
  /** False until the first snapshot is whole. */
  complete = false
  private snapshot: { requests: Set<string>; technicians: Set<string> } | undefined

  /** A stream has been opened: what comes now is everything, until the snapshot is complete. */
  begin(): void {
    this.snapshot = { requests: new Set(), technicians: new Set() }
  }

  take(messages: WatchBoardResponse[], now: number): void {
    for (const { change } of messages) {
      switch (change.case) {
        case 'request':
          this.takeRequest(change.value)
          break
        case 'technician': {
          const technician = change.value
          const known = this.technicians.get(technician.id)
          this.snapshot?.technicians.add(technician.id)
          // A change of duty or jobs may come without a position: the one known stays, with its age.
          const position = technician.position ?? known?.technician.position
          this.technicians.set(technician.id, {
            technician: position ? { ...technician, position } : technician,
            positionAt: technician.position ? now : (known?.positionAt ?? now),
          })
          break
        }
        case 'moved': {
          const known = this.technicians.get(change.value.technicianId)
          if (!known || !change.value.position) break
          this.technicians.set(known.technician.id, {
            technician: { ...known.technician, position: change.value.position },
            positionAt: now,
          })
          break
        }
        case 'snapshotComplete':
          this.finish()
          break
      }
    }
  }

  private takeRequest(request: Request): void {
    this.snapshot?.requests.add(request.id)
    const known = this.requests.get(request.id)
    if (known && known.version > request.version) return
    if (request.state === RequestState.COMPLETED || request.state === RequestState.CANCELLED) {
      this.requests.delete(request.id)
    } else {
      this.requests.set(request.id, request)
    }
  }

  /** What the snapshot did not hold has ended while nobody was listening. */
  private finish(): void {
    const { snapshot } = this
    if (snapshot) {
      for (const id of this.requests.keys()) if (!snapshot.requests.has(id)) this.requests.delete(id)
      for (const id of this.technicians.keys()) if (!snapshot.technicians.has(id)) this.technicians.delete(id)
    }
    this.snapshot = undefined
    this.complete = true
  }
}

/** The promise that counts now: a technician on site, and once there, the fault solved. */
export function promiseOf(request: Request): Timestamp | undefined {
  return request.state === RequestState.ON_SITE ? request.resolveBy : (request.respondBy ?? request.resolveBy)
}

/** What is promised soonest first; without a promise last, in the order they were opened. */
export function byPromise(a: Request, b: Request): number {
  const ms = (request: Request) => {
    const promise = promiseOf(request)
    return promise ? timestampMs(promise) : Number.POSITIVE_INFINITY
  }
  const [first, second] = [ms(a), ms(b)]
  return first === second ? a.number.localeCompare(b.number) : first - second
}
