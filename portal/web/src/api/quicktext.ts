import { getTextEncoding } from '@bufbuild/protobuf/wire'

/** Longer texts are the browser's own: asking it costs as much for one letter as for hundreds. */
const short = 96

/** Reads a short text of plain letters; undefined when it is anything else. */
export function plainText(bytes: Uint8Array): string | undefined {
  if (bytes.length > short) return undefined
  for (const byte of bytes) if (byte > 127) return undefined
  return String.fromCharCode.apply(null, bytes as unknown as number[])
}

/** From here on short texts in messages are read without asking the browser for each: a board is 200,000 of them. */
export function readTextQuickly(): void {
  const encoding = getTextEncoding()
  const whole = encoding.decodeUtf8.bind(encoding)
  encoding.decodeUtf8 = (bytes, strict) => plainText(bytes) ?? whole(bytes, strict)
}
