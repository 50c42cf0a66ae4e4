import type { Place } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { addressLine } from '../../i18n/words.svelte'

/** Whether this is a phone or tablet of Apple's: they know "maps:", the others "geo:". */
export function isApple(agent: string, touchPoints: number): boolean {
  return /iPad|iPhone|iPod/.test(agent) || (/Mac/.test(agent) && touchPoints > 1)
}

/** Opens the phone's own map app at a place: by coordinates where they are known, else by the address. */
export function mapLink(place: Place | undefined, apple = isApple(navigator.userAgent, navigator.maxTouchPoints)): string {
  const address = encodeURIComponent(addressLine(place))
  const at = place?.point && `${place.point.latitude},${place.point.longitude}`
  if (apple) return at ? `maps:?daddr=${at}&q=${address}` : `maps:?daddr=${address}`
  return at ? `geo:${at}?q=${at}(${address})` : `geo:0,0?q=${address}`
}

/** A number that the phone can call. */
export const callLink = (phone: string): string => `tel:${phone.replace(/[^+\d]/g, '')}`
