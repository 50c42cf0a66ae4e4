import { createClient } from '@connectrpc/connect'
import { PhotoService } from '../../gen/utsendt/portal/v1/photo_service_pb.js'
import type { Photo } from '../../gen/utsendt/portal/v1/portal_service_pb.js'
import { transportOver } from '../../api/transport'
import { send } from '../../api/operation'
import { fetchTelling } from './fetchtelling'

/** Sends a photo. The share that is sent, 0 to 1, is told on the way; the same operation id again does it once. */
export async function upload(operationId: string, data: Uint8Array, onProgress: (share: number) => void, signal: AbortSignal): Promise<Photo | undefined> {
  // A slow line may take minutes for what a call otherwise does in a second.
  const service = createClient(PhotoService, transportOver({ fetch: fetchTelling(onProgress), defaultTimeoutMs: 180_000 }))
  const { photo } = await send(() => service.uploadPhoto({ operationId, data }, { signal }))
  return photo
}
