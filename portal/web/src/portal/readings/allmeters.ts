import type { Meter } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { readings } from './clients'

/** How many devices one call takes readings of. */
export const mostMeters = 500

/** Meters page after page, at most as many as one call takes readings of. `more` says that there are others. */
export async function allMeters(asked: { query?: string; dueOnly?: boolean } = {}): Promise<{ meters: Meter[]; more: boolean }> {
  const meters: Meter[] = []
  let pageToken = ''
  do {
    const answer = await readings.listMeters({ ...asked, pageSize: 100, pageToken })
    meters.push(...answer.meters)
    pageToken = answer.nextPageToken
  } while (pageToken && meters.length < mostMeters)
  return { meters, more: pageToken !== '' }
}

/** The meters that a link means: ?serial=… one device, ?link=… (or ?token=…) of a reminder those that wait for a reading. */
export async function metersOfLink(query: string): Promise<Meter[]> {
  const asked = new URLSearchParams(query)
  const serial = asked.get('serial')
  if (serial) {
    const { meters } = await readings.listMeters({ query: serial, pageSize: 100 })
    return meters.filter((one) => one.serialNumber === serial)
  }
  const token = asked.get('link') ?? asked.get('token')
  if (!token) return []
  const { deviceIds } = await readings.resolveReadingLink({ token })
  if (deviceIds.length === 0) return []
  const { meters } = await allMeters({ dueOnly: true })
  return meters.filter((one) => deviceIds.includes(one.deviceId))
}
