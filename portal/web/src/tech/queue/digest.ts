/** The part of the browser that makes sums; missing where the page did not come over https. */
const subtle = (): SubtleCrypto | undefined => globalThis.crypto?.subtle

const library = () => import('@noble/hashes/sha2.js')

/** SHA-256 of a picture, also where the page did not come over https. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const own = subtle()
  if (own) return new Uint8Array(await own.digest('SHA-256', bytes))
  return new Uint8Array((await library()).sha256(bytes))
}

/** Fetches what sha256 needs while there is cover. */
export async function prepareDigest(): Promise<void> {
  if (!subtle()) await library().catch(() => {})
}
