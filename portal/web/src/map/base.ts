import type { Map as MapLibre, StyleSpecification } from 'maplibre-gl'
import { t } from '../i18n/language.svelte'
import { colours, onColoursChanged } from './colours'

/** The coast is right to some hundreds of metres: from the first of these zooms on it fades, and at the second it is gone. */
const [fades, gone] = [10.5, 12]

/** Land and sea in the page's colours. No roads and no tiles: nothing is fetched from elsewhere, and nothing made up. */
function baseStyle(land: GeoJSON.FeatureCollection): StyleSpecification {
  const colour = colours()
  return {
    version: 8,
    sources: { land: { type: 'geojson', data: land, tolerance: 0.5, attribution: 'Natural Earth' } },
    layers: [
      {
        id: 'sea', type: 'background',
        paint: { 'background-color': ['interpolate', ['linear'], ['zoom'], fades, colour('map-sea'), gone, colour('map-land')] },
      },
      // Its edge need not be smooth: the coast is drawn over it.
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': colour('map-land'), 'fill-antialias': false } },
      { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': colour('map-coast'), 'line-width': 0.8, 'line-opacity': ['interpolate', ['linear'], ['zoom'], fades, 1, gone, 0] } },
    ],
  }
}

/** What a map says of itself. */
export interface MapWords {
  title: string
  /** The page scrolls over the map, which does not catch the finger or wheel that goes past: how it is moved all the same. */
  scrolledOver?: { wheel: (key: string) => string; fingers: string }
}

/**
 * A map with the base, once it can be drawn on. The library and the land are loaded when first asked for, and not at all where there
 * is no WebGL: then it throws.
 */
export async function openMap(container: HTMLElement, { title, scrolledOver }: MapWords): Promise<MapLibre> {
  if (!document.createElement('canvas').getContext('webgl2')) throw new Error('no WebGL')
  const [{ Map, AttributionControl, NavigationControl, setWorkerUrl }, { default: workerUrl }, { default: land }] = await Promise.all([
    import('maplibre-gl'),
    import('maplibre-gl/dist/maplibre-gl-worker.mjs?url'),
    import('virtual:land'),
    import('maplibre-gl/dist/maplibre-gl.css').then(() => import('./controls.css')),
  ])
  setWorkerUrl(workerUrl)
  const map = new Map({
    container,
    style: baseStyle(land),
    center: [14, 64.5],
    zoom: 3.4,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxZoom: 17,
    cooperativeGestures: scrolledOver !== undefined,
    locale: {
      'Map.Title': title,
      'NavigationControl.ZoomIn': t('map.zoom_in'),
      'NavigationControl.ZoomOut': t('map.zoom_out'),
      'AttributionControl.ToggleAttribution': t('map.attribution'),
      ...(scrolledOver && {
        'CooperativeGesturesHandler.WindowsHelpText': scrolledOver.wheel('Ctrl'),
        'CooperativeGesturesHandler.MacHelpText': scrolledOver.wheel('⌘'),
        'CooperativeGesturesHandler.MobileHelpText': scrolledOver.fingers,
      }),
    },
    // Names that come and go slowly would draw everything anew for as long.
    fadeDuration: 0,
  })
  container.classList.toggle('scrolled-over', scrolledOver !== undefined)
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  map.addControl(new AttributionControl({ compact: true }))
  if (!map.isStyleLoaded()) await map.once('load')
  return map
}

/** Draws the base anew when the page turns dark or light, and then whatever lay on it; the result ends that. */
export function keepColours(map: MapLibre, drawn?: () => void): () => void {
  let gone = false
  const unwatch = onColoursChanged(async () => {
    const { default: land } = await import('virtual:land')
    if (gone) return
    map.setStyle(baseStyle(land))
    if (!drawn) return
    await map.once('styledata')
    if (!gone) drawn()
  })
  return () => {
    gone = true
    unwatch()
  }
}
