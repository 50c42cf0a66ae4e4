import type { Map as MapLibre } from 'maplibre-gl'

/** Of the sharpness, while the map is moved: a quarter of the pixels. */
const light = 0.5
/** Milliseconds of rest after which it is sharp again. */
const restAfter = 250

/** Names of those who draw with the processor where there is no graphics card. */
const byProcessor = /swiftshader|llvmpipe|softpipe|software|basic render/i

/** Whether this browser draws maps without a graphics card, by what WebGL says of itself. */
export function drawnByProcessor(gl: Pick<WebGL2RenderingContext, 'getExtension' | 'getParameter' | 'RENDERER'>): boolean {
  const info = gl.getExtension('WEBGL_debug_renderer_info')
  return byProcessor.test(String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER)))
}

/**
 * Without a graphics card a map costs time by its pixels: while somebody moves it, it is drawn coarser, and sharp again when it
 * rests. It turns coarse as the finger goes down, not when the map first moves: a change of size ends what the hand has begun.
 */
export function lightenWhileMoved(map: MapLibre): void {
  const gl = document.createElement('canvas').getContext('webgl2')
  const slow = gl !== null && drawnByProcessor(gl)
  gl?.getExtension('WEBGL_lose_context')?.loseContext()
  if (!slow) return
  const sharp = map.getPixelRatio()
  const place = map.getCanvasContainer()
  let lightened = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let gone = false
  const lighten = () => {
    clearTimeout(timer)
    if (lightened || gone) return
    lightened = true
    map.setPixelRatio(sharp * light)
  }
  const sharpen = () => {
    if (!lightened || gone) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (map.isMoving()) return sharpen()
      lightened = false
      map.setPixelRatio(sharp)
    }, restAfter)
  }
  const begins = ['mousedown', 'touchstart', 'wheel'] as const
  const ends = ['mouseup', 'touchend', 'touchcancel', 'wheel', 'blur'] as const
  for (const one of begins) place.addEventListener(one, lighten, { capture: true, passive: true })
  for (const one of ends) window.addEventListener(one, sharpen, { capture: true, passive: true })
  map.on('remove', () => {
    gone = true
    clearTimeout(timer)
    for (const one of ends) window.removeEventListener(one, sharpen, { capture: true })
  })
}
