import { shapes } from '../components/StateMark.svelte'
import { RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { stateNames } from '../i18n/words.svelte'

// The pictures of which the map is made, at twice their size.

function square(size: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  return canvas.getContext('2d') as CanvasRenderingContext2D
}

/** The mark of a state as on the rest of the board, white on its colour. */
function mark(state: RequestState, colour: (name: string) => string, large: boolean): ImageData {
  const size = large ? 60 : 44
  const draw = square(size)
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

/** Of every open state: its mark, and that of the one that is looked at. */
export function marksOf(colour: (name: string) => string): Record<string, ImageData> {
  return Object.fromEntries(onTheMap.flatMap((state) => [[`${stateNames[state]}`, mark(state, colour, false)], [`${stateNames[state]}-chosen`, mark(state, colour, true)]]))
}

/** An arrowhead that stands out of a technician's dot, pointing north until it is turned. */
export function arrow(colour: string): ImageData {
  const size = 56
  const draw = square(size)
  draw.fillStyle = colour
  draw.beginPath()
  draw.moveTo(28, 0)
  draw.lineTo(37, 13)
  draw.lineTo(19, 13)
  draw.fill()
  return draw.getImageData(0, 0, size, size)
}

/** A technician whose position is old: a hollow diamond, so that it is not the colour alone that tells. */
export function diamond(line: string, fill: string): ImageData {
  const size = 36
  const draw = square(size)
  draw.lineJoin = 'round'
  draw.lineWidth = 5
  draw.fillStyle = fill
  draw.strokeStyle = line
  const path = new Path2D('M18 4 32 18 18 32 4 18z')
  draw.fill(path)
  draw.stroke(path)
  return draw.getImageData(0, 0, size, size)
}

/** A house: where a technician starts from. */
export function house(line: string, fill: string): ImageData {
  const size = 36
  const draw = square(size)
  draw.lineJoin = 'round'
  draw.lineWidth = 4
  draw.fillStyle = fill
  draw.strokeStyle = line
  const path = new Path2D('M5 18 18 6 31 18M9 16V31H27V16')
  draw.fill(new Path2D('M9 16 18 7 27 16V31H9z'))
  draw.stroke(path)
  return draw.getImageData(0, 0, size, size)
}
