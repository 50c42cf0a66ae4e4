import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import type { Plugin } from 'vite'

/** Countries drawn in full detail, their neighbours coarser, the rest of the world as coarse as it is seldom looked at. */
const detailed = new Set(['Norway', 'Sweden', 'Denmark', 'Finland', 'Iceland', 'Faeroe Is.'])
const neighbours = new Set([
  'Austria', 'Belarus', 'Belgium', 'Czechia', 'Estonia', 'France', 'Germany', 'Hungary', 'Ireland', 'Italy', 'Latvia', 'Lithuania',
  'Luxembourg', 'Netherlands', 'Poland', 'Portugal', 'Russia', 'Slovakia', 'Spain', 'Switzerland', 'United Kingdom',
])
const id = '\0virtual:land'

type Countries = Topology<{ countries: GeometryCollection<{ name: string }> }>

function countries(scale: '10m' | '50m' | '110m') {
  const file = createRequire(import.meta.url).resolve(`world-atlas/countries-${scale}.json`)
  const topology = JSON.parse(readFileSync(file, 'utf8')) as Countries
  return feature(topology, topology.objects.countries).features
}

type Ring = number[][]

/** To about ten metres: more digits only make the file larger. A ring across the antimeridian goes on beyond 180 degrees. */
function flat(ring: Ring): Ring {
  const crosses = ring.some(([x = 0], i) => i > 0 && Math.abs(x - (ring[i - 1]?.[0] ?? x)) > 180)
  return ring.map(([x = 0, y = 0]) => [crosses && x < 0 ? x + 360 : x, y].map((value) => Math.round(value * 1e4) / 1e4))
}

function polygons(geometry: GeoJSON.Geometry): Ring[][] {
  if (geometry.type === 'Polygon') return [geometry.coordinates.map(flat)]
  return geometry.type === 'MultiPolygon' ? geometry.coordinates.map((one) => one.map(flat)) : []
}

/**
 * `virtual:land` is where land is (Natural Earth), as GeoJSON: a base map that needs no server. It becomes a file of its own
 * that is loaded with the map.
 */
export function land(): Plugin {
  return {
    name: 'land',
    resolveId: (source) => (source === 'virtual:land' ? id : undefined),
    load(loading) {
      if (loading !== id) return undefined
      const features = [
        ...countries('10m').filter(({ properties: { name } }) => detailed.has(name)),
        ...countries('50m').filter(({ properties: { name } }) => neighbours.has(name)),
        // Antarctica goes round the pole, which no flat map has room for.
        ...countries('110m').filter(({ properties: { name } }) => !detailed.has(name) && !neighbours.has(name) && name !== 'Antarctica'),
      ].map(({ geometry }) => ({
        type: 'Feature',
        properties: {},
        geometry: { type: 'MultiPolygon', coordinates: polygons(geometry) },
      }))
      const collection = JSON.stringify({ type: 'FeatureCollection', features })
      return `export default JSON.parse(${JSON.stringify(collection)})`
    },
  }
}
