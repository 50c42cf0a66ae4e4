import type { GeoJSONSource, Map as MapLibre, SymbolLayerSpecification } from 'maplibre-gl'
import { colours } from '../map/colours'
import { arrow, diamond, house, marksOf } from './mapmarks'

type SymbolLayout = NonNullable<SymbolLayerSpecification['layout']>

const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
const font = ['system-ui', 'sans-serif']

function addImages(map: MapLibre, images: Record<string, ImageData>) {
  for (const [name, image] of Object.entries(images)) {
    if (map.hasImage(name)) map.removeImage(name)
    map.addImage(name, image, { pixelRatio: 2 })
  }
}

/** What the board draws on the base: the way, the technicians, and above them the requests. */
export function addLayers(map: MapLibre): void {
  const colour = colours()
  addImages(map, {
    ...marksOf(colour),
    'stale-free': diamond(colour('good'), colour('surface')), 'stale-work': diamond(colour('accent'), colour('surface')), home: house(colour('ink'), colour('surface')),
    heading: arrow(colour('ink')),
  })
  for (const source of ['way', 'chosen']) map.addSource(source, { type: 'geojson', data: empty })
  for (const source of ['technicians', 'homes']) map.addSource(source, { type: 'geojson', data: empty, promoteId: 'id', buffer: 16, tolerance: 0 })
  // Marks that would lie on each other are one with their number, until one is near enough to tell them apart.
  map.addSource('requests', { type: 'geojson', data: empty, promoteId: 'id', buffer: 16, tolerance: 0, cluster: true, clusterRadius: 26, clusterMaxZoom: 11 })
  map.addLayer({
    id: 'way', type: 'line', source: 'way',
    paint: { 'line-color': colour('accent'), 'line-width': 2.5, 'line-dasharray': [2, 2] },
  })
  map.addLayer({
    id: 'way-words', type: 'symbol', source: 'way',
    layout: { 'symbol-placement': 'line-center', 'text-field': ['get', 'words'], 'text-font': font, 'text-size': 13, 'text-offset': [0, -0.9], 'text-allow-overlap': true, 'text-ignore-placement': true },
    paint: { 'text-color': colour('accent'), 'text-halo-color': colour('map-land'), 'text-halo-width': 2 },
  })
  // A house stands on its place, and whoever is at home before it.
  map.addLayer({
    id: 'homes', type: 'symbol', source: 'homes',
    layout: {
      'icon-image': 'home', 'icon-anchor': 'bottom', 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'text-field': ['step', ['zoom'], '', 9, ['get', 'areas']],
      'text-font': font, 'text-size': 12, 'text-anchor': 'top', 'text-offset': [0, 0.3], 'text-optional': true, 'text-max-width': 12,
    },
    paint: { 'text-color': colour('ink'), 'text-halo-color': colour('map-land'), 'text-halo-width': 1.5 },
  })
  // A dot: where somebody is. A hollow diamond: where they were.
  map.addLayer({
    id: 'technicians', type: 'circle', source: 'technicians', filter: ['!', ['get', 'stale']],
    paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 3, 4, 8, 7],
      'circle-color': ['match', ['get', 'occupation'], 'free', colour('good'), colour('accent')],
      'circle-stroke-color': colour('surface'),
      'circle-stroke-width': 2,
    },
  })
  map.addLayer({
    id: 'stale', type: 'symbol', source: 'technicians', filter: ['get', 'stale'],
    layout: { 'icon-image': ['concat', 'stale-', ['get', 'occupation']], 'icon-size': ['interpolate', ['linear'], ['zoom'], 3, 0.7, 8, 1], 'icon-allow-overlap': true, 'icon-ignore-placement': true },
  })
  // Near enough to tell them apart, an arrowhead says which way somebody goes.
  map.addLayer({
    id: 'headings', type: 'symbol', source: 'technicians', minzoom: 7, filter: ['has', 'heading'],
    layout: { 'icon-image': 'heading', 'icon-rotate': ['get', 'heading'], 'icon-rotation-alignment': 'map', 'icon-allow-overlap': true, 'icon-ignore-placement': true },
  })
  map.addLayer({
    id: 'clusters', type: 'circle', source: 'requests', filter: ['has', 'point_count'],
    paint: {
      'circle-radius': ['step', ['get', 'point_count'], 12, 10, 15, 100, 19],
      'circle-color': colour('surface'), 'circle-stroke-color': colour('ink'), 'circle-stroke-width': 2,
    },
  })
  map.addLayer({
    id: 'cluster-numbers', type: 'symbol', source: 'requests', filter: ['has', 'point_count'],
    layout: { 'text-field': ['to-string', ['get', 'point_count']], 'text-font': font, 'text-size': 12.5, 'text-allow-overlap': true, 'text-ignore-placement': true },
    paint: { 'text-color': colour('ink') },
  })
  const marks: SymbolLayout = { 'icon-size': ['interpolate', ['linear'], ['zoom'], 3, 0.7, 8, 1], 'icon-allow-overlap': true, 'icon-ignore-placement': true }
  const numbers: SymbolLayout = { 'text-field': ['step', ['zoom'], '', 9, ['get', 'number']], 'text-font': font, 'text-size': 12, 'text-anchor': 'top', 'text-offset': [0, 1], 'text-optional': true }
  const ink = { 'text-color': colour('ink'), 'text-halo-color': colour('map-land'), 'text-halo-width': 1.5 }
  map.addLayer({
    id: 'requests', type: 'symbol', source: 'requests', filter: ['!', ['has', 'point_count']],
    layout: { 'icon-image': ['get', 'state'], ...marks, ...numbers }, paint: ink,
  })
  map.addLayer({ id: 'chosen', type: 'symbol', source: 'chosen', layout: { 'icon-image': ['concat', ['get', 'state'], '-chosen'], ...marks, ...numbers }, paint: ink })
  map.addLayer({
    id: 'names', type: 'symbol', source: 'technicians', minzoom: 8.5,
    layout: { 'text-field': ['get', 'name'], 'text-font': font, 'text-size': 12.5, 'text-anchor': 'left', 'text-offset': [0.9, 0], 'text-optional': true },
    paint: { 'text-color': colour('ink'), 'text-halo-color': colour('map-land'), 'text-halo-width': 1.5 },
  })
}

export function sourceOf(map: MapLibre, source: 'way' | 'chosen' | 'requests' | 'technicians' | 'homes'): GeoJSONSource | undefined {
  return map.getSource<GeoJSONSource>(source)
}
