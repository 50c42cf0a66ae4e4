import type { Map as MapLibre, StyleSpecification } from 'maplibre-gl'
import { colours } from './colours'

/** The coast is right to some hundreds of metres: from the first of these zooms on it fades, and at the second it is gone. */
const [fades, gone] = [10.5, 12]

/** Land and sea in the page's colours. No roads and no tiles: nothing is fetched from elsewhere, and nothing made up. */
export function baseStyle(land: GeoJSON.FeatureCollection): StyleSpecification {
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

/** A map with the base, once it can be drawn on. The library and the land are loaded when first asked for. */
export async function openMap(container: HTMLElement, texts: Record<string, string>): Promise<MapLibre> {
  const [{ Map, AttributionControl, NavigationControl, setWorkerUrl }, { default: workerUrl }, { default: land }] = await Promise.all([
    import('maplibre-gl'),
    import('maplibre-gl/dist/maplibre-gl-worker.mjs?url'),
    import('virtual:land'),
    import('maplibre-gl/dist/maplibre-gl.css'),
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
    locale: texts,
    // Names that come and go slowly would draw everything anew for as long.
    fadeDuration: 0,
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  map.addControl(new AttributionControl({ compact: true }))
  if (!map.isStyleLoaded()) await map.once('load')
  return map
}
