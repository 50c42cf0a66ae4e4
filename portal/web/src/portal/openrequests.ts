import type { Request, WatchRequestsResponse } from '../gen/utsendt/portal/v1/portal_service_pb.js'
import { isOpen } from '../i18n/words.svelte'

/** What a burst of messages did: requests whose state changed, and whether any has ended. */
export interface Changes {
  moved: Request[]
  ended: boolean
}

/** The customer's open requests, as the stream's messages built them up. */
export class OpenRequests {
  private byId = new Map<string, Request>()
  private snapshot: Set<string> | undefined
  /** False until the first snapshot is whole. */
  complete = false

  /** A stream has been opened: what comes now is everything, until the snapshot is complete. */
  begin(): void {
    this.snapshot = new Set()
  }

  take(messages: WatchRequestsResponse[]): Changes {
    const changes: Changes = { moved: [], ended: false }
    for (const { change } of messages) {
      switch (change.case) {
        case 'request':
          this.takeRequest(change.value, changes)
          break
        case 'goneRequestId':
          this.byId.delete(change.value)
          break
        case 'snapshotComplete':
          // What the snapshot did not hold has ended while nobody was listening.
          for (const id of this.byId.keys()) {
            if (this.snapshot?.has(id)) continue
            this.byId.delete(id)
            changes.ended = true
          }
          this.snapshot = undefined
          this.complete = true
          break
      }
    }
    return changes
  }

  private takeRequest(request: Request, changes: Changes): void {
    this.snapshot?.add(request.id)
    const known = this.byId.get(request.id)
    if (known && known.version > request.version) return
    if (known && known.state !== request.state) changes.moved.push(request)
    if (isOpen(request.state)) {
      this.byId.set(request.id, request)
    } else {
      changes.ended ||= this.byId.delete(request.id)
    }
  }

  /** Newest first. */
  list(): Request[] {
    return [...this.byId.values()].sort((a, b) => Number((b.openedAt?.seconds ?? 0n) - (a.openedAt?.seconds ?? 0n)))
  }
}
