/** The longest side that is sent, in pixels: enough to read a display by. */
export const longest = 2000

/** Width and height scaled down so that neither is above the most; never scaled up, never below one. */
export function fit(width: number, height: number, most: number = longest): { width: number; height: number } {
  const factor = Math.min(1, most / Math.max(width, height, 1))
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}

/**
 * The picture as it is to be sent: upright and at most 2,000 px a side. What this browser cannot read (HEIC in most), and
 * what is small enough, is sent as it is; the server judges it.
 */
export async function scaledDown(file: Blob): Promise<Blob> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return file
  }
  try {
    const { width, height } = fit(bitmap.width, bitmap.height)
    if (width === bitmap.width && height === bitmap.height) return file
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    const context = canvas.getContext('2d')
    if (!context) return file
    context.imageSmoothingQuality = 'high'
    // A transparent picture stands on white, not on black.
    context.fillStyle = '#fff'
    context.fillRect(0, 0, width, height)
    context.drawImage(bitmap, 0, 0, width, height)
    const smaller = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.86))
    return smaller ?? file
  } finally {
    bitmap.close()
  }
}
