import { durationMs, timestampFromMs } from '@bufbuild/protobuf/wkt'
import { mobile } from '../clients'
import type { Sources } from './reporting.svelte'

interface Battery {
  level: number
  charging: boolean
}

/** Between 0 and 1 where the browser tells; some do not. */
async function batteryLevel(): Promise<number | undefined> {
  try {
    return (await (navigator as Navigator & { getBattery?: () => Promise<Battery> }).getBattery?.())?.level
  } catch {
    return undefined
  }
}

/** Positions of this browser, reported to the server. */
export const positions: Sources = {
  // One at a time and not watchPosition: between two reports the receiver is off.
  locate: (exact) =>
    new Promise((resolve, reject) => {
      if (!navigator.geolocation) reject(new Error('no geolocation'))
      else navigator.geolocation.getCurrentPosition(resolve, reject, { enableHighAccuracy: exact, timeout: 20_000, maximumAge: exact ? 2000 : 20_000 })
    }),
  async report(fixes) {
    const battery = await batteryLevel()
    const answer = await mobile.reportPositions({ fixes, sentPhoneTime: timestampFromMs(Date.now()), ...(battery === undefined ? {} : { battery }) })
    return { everyMs: answer.reportEvery && durationMs(answer.reportEvery), clockWrong: answer.clockWrong }
  },
  now: Date.now,
  hidden: () => document.visibilityState === 'hidden',
  offline: () => !navigator.onLine,
}
