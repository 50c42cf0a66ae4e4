// The chart of pages a month, drawn by uPlot. Loaded only where a chart is.
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { UsageMonth } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { labelEvery, roundUp, ticksTo } from './bars'

/** One series: its upper edges, its colour, and whether it is striped, so that colour is never alone. */
export interface Band {
  edges: number[]
  colour: string
  striped: boolean
}

export interface Drawing {
  months: UsageMonth[]
  /** From the bottom up. */
  bands: Band[]
  /** Colours of the page as it is now: of text, of lines, of the surface and of what is estimated. */
  ink: string
  line: string
  surface: string
  guess: string
  pages: (n: number) => string
  monthShort: (month: string) => string
  /** What the pointer or the keys are on; undefined for nothing. */
  onpoint: (index: number | undefined) => void
}

export const chartHeight = 260

/** A pattern of stripes in a colour. */
function stripes(colour: string, surface: string, ratio: number): CanvasPattern | string {
  const tile = document.createElement('canvas')
  const size = (tile.width = tile.height = Math.max(4, Math.round(6 * ratio)))
  const pen = tile.getContext('2d')
  if (!pen) return colour
  pen.fillStyle = colour
  pen.fillRect(0, 0, size, size)
  pen.strokeStyle = surface
  pen.lineWidth = size / 4
  pen.beginPath()
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size)
    pen.lineTo(shift + size, 0)
  }
  pen.stroke()
  return pen.createPattern(tile, 'repeat') ?? colour
}

/** Draws into an element; the answer takes it away again, moves the cursor to a month, and follows a new width. */
export function plot(into: HTMLElement, drawing: Drawing) {
  const { months, bands } = drawing
  const top = roundUp(Math.max(0, ...(bands.at(-1)?.edges ?? [0])))
  const places = months.map((_, i) => i)
  const ratio = window.devicePixelRatio || 1
  const bars = uPlot.paths.bars!({ size: [0.72, 100] })
  // The highest first: the others are drawn over it.
  const drawn = [...bands].reverse()
  const axis = { stroke: drawing.ink, grid: { stroke: drawing.line, width: 1 }, ticks: { show: false }, font: '13px system-ui, sans-serif' }
  const chart = new uPlot(
    {
      width: Math.max(1, into.clientWidth),
      height: chartHeight,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { time: false, range: () => [-0.6, months.length - 0.4] }, y: { range: () => [0, top] } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          splits: (u) => {
            const every = labelEvery(months.length, u.width - 68, 38)
            return places.filter((i) => (months.length - 1 - i) % every === 0)
          },
          values: (_, at) =>
            at.map((i) => {
              const month = months[i]?.month ?? ''
              const year = i === at.at(-1) || month.endsWith('-01') ? month.slice(0, 4) : ''
              return year ? `${drawing.monthShort(month)}\n${year}` : drawing.monthShort(month)
            }),
          size: 44,
        },
        { ...axis, splits: () => ticksTo(top), values: (_, at) => at.map(drawing.pages), size: 64 },
      ],
      series: [
        {},
        ...drawn.map((band) => ({
          paths: bars,
          points: { show: false },
          width: 1,
          stroke: drawing.surface,
          fill: () => (band.striped ? stripes(band.colour, drawing.surface, ratio) : band.colour) as string,
        })),
      ],
      hooks: {
        setCursor: [(u) => drawing.onpoint(u.cursor.idx ?? undefined)],
        draw: [
          (u) => {
            // What is reckoned stands in a dashed frame.
            const pen = u.ctx
            pen.save()
            pen.strokeStyle = drawing.guess
            pen.lineWidth = 1.5 * ratio
            pen.setLineDash([4 * ratio, 3 * ratio])
            months.forEach((month, i) => {
              const edge = bands.at(-1)?.edges[i] ?? 0
              if (!month.estimated || edge <= 0) return
              const [left, right] = [u.valToPos(i - 0.4, 'x', true), u.valToPos(i + 0.4, 'x', true)]
              const [high, low] = [u.valToPos(edge, 'y', true) - 3 * ratio, u.valToPos(0, 'y', true)]
              pen.beginPath()
              pen.moveTo(left, low)
              pen.lineTo(left, high)
              pen.lineTo(right, high)
              pen.lineTo(right, low)
              pen.stroke()
            })
            pen.restore()
          },
        ],
      },
    },
    [places, ...drawn.map((band) => band.edges)],
    into,
  )
  return {
    resize: (width: number) => width > 0 && width !== chart.width && chart.setSize({ width, height: chartHeight }),
    point: (index: number) => chart.setCursor({ left: chart.valToPos(index, 'x'), top: 0 }),
    unpoint: () => chart.setCursor({ left: -10, top: -10 }),
    destroy: () => chart.destroy(),
  }
}
