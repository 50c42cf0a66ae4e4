import type { Upload } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { newId, send } from '../../api/operation'
import type { SendOptions } from '../../api/operation'

/** The largest file that is taken, in octets. */
export const largestFile = 20_000_000

/** What is wrong with a file before it is sent; undefined when nothing can be seen from here. */
export function fileProblem(file: { name: string; size: number }): 'bulk.file_empty' | 'bulk.file_large' | 'bulk.file_old_excel' | 'bulk.file_type' | undefined {
  if (/\.xls$/i.test(file.name)) return 'bulk.file_old_excel'
  if (!/\.(csv|txt|tsv|xlsx)$/i.test(file.name)) return 'bulk.file_type'
  if (file.size === 0) return 'bulk.file_empty'
  return file.size > largestFile ? 'bulk.file_large' : undefined
}

/** What sending needs of the server. */
export interface Receiver {
  startUpload(request: { operationId: string; fileName: string; size: bigint }, options: { signal: AbortSignal }): Promise<{ uploadId: string; pieceSize: number }>
  sendPiece(request: { operationId: string; uploadId: string; start: bigint; data: Uint8Array }, options: { signal: AbortSignal }): Promise<unknown>
  checkUpload(request: { operationId: string; uploadId: string }, options: { signal: AbortSignal; timeoutMs: number }): Promise<{ upload?: Upload | undefined }>
}

interface Progress {
  /** Octets that have arrived, of the whole file. */
  onSent(sent: number): void
  signal: AbortSignal
  options?: SendOptions
}

/** Reading a file of many rows takes the server a while. */
export const patience = 120_000

/**
 * Sends a file piece by piece and lets the server read it: nothing is kept yet. Each piece is an operation of its own, sent again
 * when no answer came. Aborting leaves nothing behind but an upload that the server throws away.
 */
export async function sendFile(server: Receiver, file: File, { onSent, signal, options }: Progress): Promise<Upload | undefined> {
  const startId = newId()
  const { uploadId, pieceSize } = await send(
    () => server.startUpload({ operationId: startId, fileName: file.name.slice(-255), size: BigInt(file.size) }, { signal }),
    options,
  )
  for (let start = 0; start < file.size; start += pieceSize) {
    const data = new Uint8Array(await file.slice(start, start + pieceSize).arrayBuffer())
    const operationId = newId()
    await send(() => server.sendPiece({ operationId, uploadId, start: BigInt(start), data }, { signal }), options)
    onSent(start + data.length)
  }
  const checkId = newId()
  const { upload } = await send(() => server.checkUpload({ operationId: checkId, uploadId }, { signal, timeoutMs: patience }), options)
  return upload
}
