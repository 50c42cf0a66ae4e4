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

/** Longer than the browser is told to take: some never answer, and none does while its question to the person is open. Milliseconds. */
const longest = 25_000

async function permission(): Promise<PermissionState | undefined> {
  try {
    return (await navigator.permissions.query({ name: 'geolocation' })).state
  } catch {
    return undefined
  }
}

/** Calls back when the person has answered the browser's question, or changed the answer in its settings; gives how to stop that. */
export function onPermission(callback: () => void): () => void {
  const ended = new AbortController()
  // Not every browser has it: then the next attempt finds out.
  void navigator.permissions?.query({ name: 'geolocation' }).then((status) => status.addEventListener('change', callback, { signal: ended.signal }), () => {})
  return () => ended.abort()
}

/** Positions of this browser, reported to the server. */
export const positions: Sources = {
  // One at a time and not watchPosition: between two reports the receiver is off.
  locate: (exact) =>
    new Promise((resolve, reject) => {
      if (!globalThis.isSecureContext) return reject({ code: 'insecure' })
      if (!navigator.geolocation) return reject(new Error('no geolocation'))
      const late = setTimeout(() => void permission().then((state) => reject({ code: state === 'prompt' ? 'asking' : 3 })), longest)
      const then = <T>(tell: (value: T) => void) => (value: T) => {
        clearTimeout(late)
        tell(value)
      }
      navigator.geolocation.getCurrentPosition(then(resolve), then(reject), { enableHighAccuracy: exact, timeout: 20_000, maximumAge: exact ? 2000 : 20_000 })
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
