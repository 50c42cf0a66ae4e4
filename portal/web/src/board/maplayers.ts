import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl'
import { shapes } from '../components/StateMark.svelte'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { stateNames } from '../i18n/words.svelte'
import { colours } from '../map/colours'

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

/** What the board draws on the base: the way, the technicians, and above them the requests. */
export function addLayers(map: MapLibre): void {
  const colour = colours()
  addMarks(map, colour)
  for (const source of ['way', 'requests', 'technicians']) map.addSource(source, { type: 'geojson', data: empty })
  map.addLayer({
    id: 'way', type: 'line', source: 'way',
    paint: { 'line-color': colour('accent'), 'line-width': 2.5, 'line-dasharray': [2, 2] },
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
  map.addLayer({
    id: 'requests', type: 'symbol', source: 'requests',
    layout: {
      'icon-image': ['case', ['get', 'chosen'], ['concat', ['get', 'state'], '-chosen'], ['get', 'state']],
      'icon-allow-overlap': true,
      'symbol-sort-key': ['case', ['get', 'chosen'], 1, 0],
      'text-field': ['step', ['zoom'], '', 9, ['get', 'number']],
      'text-font': font, 'text-size': 12, 'text-anchor': 'top', 'text-offset': [0, 1], 'text-optional': true,
    },
    paint: { 'text-color': colour('ink'), 'text-halo-color': colour('map-land'), 'text-halo-width': 1.5 },
  })
  map.addLayer({
    id: 'names', type: 'symbol', source: 'technicians', minzoom: 7.5,
    layout: { 'text-field': ['get', 'name'], 'text-font': font, 'text-size': 12.5, 'text-anchor': 'left', 'text-offset': [0.9, 0], 'text-optional': true },
    paint: { 'text-color': colour('ink'), 'text-halo-color': colour('map-land'), 'text-halo-width': 1.5 },
  })
}

export function put(map: MapLibre, source: 'way' | 'requests' | 'technicians', data: GeoJSON.FeatureCollection): void {
  map.getSource<GeoJSONSource>(source)?.setData(data)
}
