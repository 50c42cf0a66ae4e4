/** base64url without padding, as push keys are written; empty for none. */
export function toBase64Url(bytes: ArrayBuffer | null): string {
  if (!bytes) return ''
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}
