import type { GeoJSONSource, Map as MapLibre, SymbolLayerSpecification } from 'maplibre-gl'
import { shapes } from '../components/StateMark.svelte'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { stateNames } from '../i18n/words.svelte'
import { colours } from '../map/colours'

type SymbolLayout = NonNullable<SymbolLayerSpecification['layout']>

const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
const font = ['system-ui', 'sans-serif']

/** The mark of a state as on the rest of the board, white on its colour. */
function mark(state: RequestState, colour: (name: string) => string, large: boolean): ImageData {
  const size = large ? 60 : 44
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const draw = canvas.getContext('2d') as CanvasRenderingContext2D
  draw.beginPath()
  draw.arc(size / 2, size / 2, size / 2 - 2, 0, 2 * Math.PI)
  draw.fillStyle = colour(`state-${(stateNames[state] ?? '').replaceAll('_', '-')}`)
  draw.fill()
  draw.lineWidth = large ? 5 : 3
  draw.strokeStyle = large ? colour('focus') : colour('surface')
  draw.stroke()
  draw.translate(size * 0.22, size * 0.22)
  draw.scale((size * 0.56) / 16, (size * 0.56) / 16)
  draw.lineWidth = 2
  draw.lineCap = draw.lineJoin = 'round'
  draw.strokeStyle = colour('surface')
  draw.stroke(new Path2D(shapes[state]))
  return draw.getImageData(0, 0, size, size)
}

const onTheMap = [RequestState.TO_BE_SCHEDULED, RequestState.DISPATCHED, RequestState.EN_ROUTE, RequestState.ON_SITE]

function addMarks(map: MapLibre, colour: (name: string) => string) {
  for (const state of onTheMap) {
    for (const large of [false, true]) {
      const name = `${stateNames[state]}${large ? '-chosen' : ''}`
      if (map.hasImage(name)) map.removeImage(name)
      map.addImage(name, mark(state, colour, large), { pixelRatio: 2 })
    }
  }
}

/** An arrowhead that stands out of a technician's dot, pointing north until it is turned. */
function addArrow(map: MapLibre, colour: (name: string) => string) {
  const size = 56
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const draw = canvas.getContext('2d') as CanvasRenderingContext2D
  draw.fillStyle = colour('ink')
  draw.beginPath()
  draw.moveTo(28, 0)
  draw.lineTo(37, 13)
  draw.lineTo(19, 13)
  draw.fill()
  if (map.hasImage('heading')) map.removeImage('heading')
  map.addImage('heading', draw.getImageData(0, 0, size, size), { pixelRatio: 2 })
}

/** What the board draws on the base: the way, the technicians, and above them the requests. */
export function addLayers(map: MapLibre): void {
  const colour = colours()
  addMarks(map, colour)
  addArrow(map, colour)
  for (const source of ['way', 'chosen']) map.addSource(source, { type: 'geojson', data: empty })
  map.addSource('technicians', { type: 'geojson', data: empty, promoteId: 'id', buffer: 16, tolerance: 0 })
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
  // Hollow: where somebody was. Filled: where they are.
  const tint: ['match', ['get', string], string, string, string, string, string] = ['match', ['get', 'occupation'], 'free', colour('good'), 'work', colour('accent'), colour('muted')]
  map.addLayer({
    id: 'technicians', type: 'circle', source: 'technicians',
    paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 3, 4, 8, 7],
      'circle-color': ['case', ['get', 'stale'], colour('surface'), tint],
      'circle-stroke-color': ['case', ['get', 'stale'], tint, colour('surface')],
      'circle-stroke-width': 2,
    },
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
    layout: { 'text-field': ['get', 'point_count_abbreviated'], 'text-font': font, 'text-size': 12.5, 'text-allow-overlap': true, 'text-ignore-placement': true },
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

export function sourceOf(map: MapLibre, source: 'way' | 'chosen' | 'requests' | 'technicians'): GeoJSONSource | undefined {
  return map.getSource<GeoJSONSource>(source)
}
