import type { Activity, Photo, Request, Tracking, WatchRequestResponse } from '../gen/utsendt/portal/v1/portal_service_pb.js'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'

/** What a request's page shows, put together from the messages of its stream. */
export interface Watched {
  request: Request | undefined
  activities: Activity[]
  photos: Photo[]
  tracking: Tracking | undefined
  /** When the tracking came, by this browser's clock: its age goes on from there. */
  trackedAt: number
}

export const nothingWatched: Watched = { request: undefined, activities: [], photos: [], tracking: undefined, trackedAt: 0 }

/** Takes a message in. An older version never replaces a newer one; a heartbeat changes nothing. */
export function takeIn(shown: Watched, message: WatchRequestResponse, now: number): Watched {
  if (message.heartbeat) return shown
  const { request, tracking } = message
  if (request && shown.request && request.version < shown.request.version) return shown
  const present = request ?? shown.request
  const onTheWay = present?.state === RequestState.EN_ROUTE
  return {
    request: present,
    activities: message.activities.length > 0 ? message.activities : shown.activities,
    // They come together with the activities, of which there is at least the opening.
    photos: message.activities.length > 0 ? message.photos : shown.photos,
    // Nobody's position is shown unless they are on their way here.
    tracking: onTheWay ? (tracking ?? shown.tracking) : undefined,
    trackedAt: onTheWay && tracking ? now : shown.trackedAt,
  }
}

/**
 * What somebody who does not see the page must be told: that the state is another, or else that something has been added
 * to the history. Nothing of what was there when the page was opened, and nothing of a position that moves.
 */
export function newsOf(before: Watched, after: Watched): { state?: RequestState; activity?: Activity } {
  if (!before.request || !after.request) return {}
  if (before.request.state !== after.request.state) return { state: after.request.state }
  const last = before.activities.reduce((highest, one) => (one.sequence > highest ? one.sequence : highest), 0n)
  const added = after.activities.filter((one) => one.sequence > last).sort((a, b) => Number(a.sequence - b.sequence))
  const newest = added.at(-1)
  return newest ? { activity: newest } : {}
}

/** A position older than this many seconds is where someone was, not where they are. */
export const staleAfter = 60

/** How old a position is now, in seconds: its age when it was sent, and the time since. */
export function ageOf(position: { ageSeconds: bigint }, trackedAt: number, now: number): number {
  return Number(position.ageSeconds) + Math.max(0, now - trackedAt) / 1000
}
