import type { Point } from '../../map/plane'
import type { Value } from '../form/spec'
import { numberOf } from '../form/spec'

/** The point that two fields of degrees hold; undefined while they hold none on the globe. */
export function pointOf(latitude: Value | undefined, longitude: Value | undefined): Point | undefined {
  const [lat, lng] = [numberOf(latitude), numberOf(longitude)]
  if (lat === undefined || lng === undefined || !(Math.abs(lat) <= 90) || !(Math.abs(lng) <= 180)) return undefined
  return { latitude: lat, longitude: lng }
}

/** Degrees as the fields hold them: to about a metre. */
export const degrees = (value: number): string => String(Number(value.toFixed(5)))

/** A longitude within -180 to 180, however often a map was dragged around the globe. */
export const around = (longitude: number): number => ((((longitude + 180) % 360) + 360) % 360) - 180

/**
 * Coordinates as other maps copy them: "59.9139, 10.7522", "59,9139; 10,7522", "59.9139° N, 10.7522° E". Undefined for
 * anything else.
 */
export function pasted(text: string): Point | undefined {
  const number = String.raw`([-+]?\d{1,3}(?:[.,]\d+)?)\s*°?\s*([NSEWØV])?`
  const found = new RegExp(String.raw`^\s*${number}\s*[,;\s]\s*${number}\s*$`, 'i').exec(text)
  if (!found) return undefined
  const value = (at: number) => {
    const sign = /[SWV]/i.test(found[at + 1] ?? '') ? -1 : 1
    return String(sign * (numberOf(found[at]) ?? NaN))
  }
  // East before north is another order than ours.
  if (/[EWØV]/i.test(found[2] ?? '') || /[NS]/i.test(found[4] ?? '')) return undefined
  return pointOf(value(1), value(3))
}
