// Draws the apps' icons as PNG files into public/: `node icons.mjs`, after a change of icon.svg or of what is drawn here.
// The drawing is icon.svg's, in its coordinates of 512 x 512; no library and no browser is needed for it.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'

const ground = [0x0e, 0x5a, 0x67]
const letter = [0xf6, 0xf5, 0xf1]
const dot = [0xf2, 0xb8, 0x4b]

/** Whether a point is in the letter: two posts from y 150 to 268 and half a ring below them, 52 wide, round ends. */
function inLetter(x, y) {
  const half = 26
  const post = (at) => Math.hypot(x - at, y < 150 ? y - 150 : 0) <= half && y <= 268
  const ring = y >= 268 && Math.abs(Math.hypot(x - 256, y - 268) - 120) <= half
  return post(136) || post(376) || ring
}

const inDot = (x, y) => Math.hypot(x - 256, y - 196) <= 38

/** Whether a point is in the ground; corner is the radius of its corners. */
function inGround(x, y, corner) {
  const dx = Math.max(corner - x, x - (512 - corner), 0)
  const dy = Math.max(corner - y, y - (512 - corner), 0)
  return Math.hypot(dx, dy) <= corner || (dx === 0 && dy === 0)
}

const shapes = {
  /** As icon.svg is: round corners on nothing. */
  plain: (x, y) => (inLetter(x, y) ? letter : inDot(x, y) ? dot : inGround(x, y, 112) ? ground : undefined),
  /** To the edges, with the drawing within the circle of 40 % that a phone may cut out. */
  maskable: (x, y) => {
    const [sx, sy] = [x, y].map((v) => 256 + (v - 256) / 0.86)
    return inLetter(sx, sy + 6) ? letter : inDot(sx, sy + 6) ? dot : ground
  },
  /** To the edges: the phone rounds the corners. */
  full: (x, y) => (inLetter(x, y) ? letter : inDot(x, y) ? dot : ground),
  /** For the status bar, which takes only how opaque it is. */
  badge: (x, y) => (inLetter(256 + (x - 256) / 1.4, 228 + (y - 228) / 1.4 - 10) || inDot(256 + (x - 256) / 1.4, 228 + (y - 228) / 1.4 - 10) ? [255, 255, 255] : undefined),
}

/** The pixels, four bytes each; every pixel is the mean of 16 points. */
export function draw(size, shape) {
  const pixels = Buffer.alloc(size * size * 4)
  const parts = 4
  for (let py = 0; py < size; py++) {
    for (let px = 0; px < size; px++) {
      const sum = [0, 0, 0]
      let hits = 0
      for (let i = 0; i < parts * parts; i++) {
        const x = ((px + ((i % parts) + 0.5) / parts) / size) * 512
        const y = ((py + (Math.floor(i / parts) + 0.5) / parts) / size) * 512
        const colour = shapes[shape](x, y)
        if (!colour) continue
        hits++
        colour.forEach((value, c) => (sum[c] += value))
      }
      const at = (py * size + px) * 4
      if (hits > 0) sum.forEach((value, c) => (pixels[at + c] = Math.round(value / hits)))
      pixels[at + 3] = Math.round((hits / (parts * parts)) * 255)
    }
  }
  return pixels
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const head = Buffer.alloc(4)
  head.writeUInt32BE(data.length)
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(crc32(body))
  return Buffer.concat([head, body, tail])
}

export function png(size, pixels) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 6, 0, 0, 0], 8) // eight bits, colour with opacity
  const lines = Buffer.alloc(size * (size * 4 + 1))
  for (let y = 0; y < size; y++) pixels.copy(lines, y * (size * 4 + 1) + 1, y * size * 4, (y + 1) * size * 4)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

export const icons = [
  ['icon-192.png', 192, 'plain'],
  ['icon-512.png', 512, 'plain'],
  ['icon-maskable-192.png', 192, 'maskable'],
  ['icon-maskable-512.png', 512, 'maskable'],
  ['icon-apple-180.png', 180, 'full'],
  ['icon-badge-96.png', 96, 'badge'],
]

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, size, shape] of icons) {
    writeFileSync(fileURLToPath(new URL(`public/${name}`, import.meta.url)), png(size, draw(size, shape)))
  }
}
