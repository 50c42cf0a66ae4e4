// Measures the dispatcher's board in a browser: a real server with 5,000 open requests and 10,000 technicians who move.
// It reports; nothing passes or fails. `make bench-web` runs it. Settings by environment: UTSENDT (the binary),
// REQUESTS, TECHNICIANS, MOVES (a second), SECONDS (of each measurement), OUT (a folder for screenshots).
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const number = (name, otherwise) => Number(process.env[name] ?? otherwise)
const requests = number('REQUESTS', 5000)
const technicians = number('TECHNICIANS', 10_000)
const moves = number('MOVES', 2000)
const seconds = number('SECONDS', 6)
const password = 'utsendt-demo'

const server = spawn(process.env.UTSENDT ?? '../../bin/utsendt',
  ['bigboard', '--requests', requests, '--technicians', technicians, '--moves', moves].map(String), { stdio: ['ignore', 'pipe', 'inherit'] })
const ended = new Promise((resolve) => server.once('exit', resolve))
process.on('exit', () => server.kill('SIGTERM'))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
process.env.UTSENDT_URL = await Promise.race([
  new Promise((resolve) => createInterface({ input: server.stdout }).on('line', (line) => /^serving (\S+)/.test(line) && resolve(line.slice(8)))),
  ended.then((code) => Promise.reject(new Error(`the server ended with ${code}`))),
])
process.env.UTSENDT_DISPATCHER = `sentral1:${password}`
process.env.UTSENDT_OTHER = `sentral2:${password}`
const { startBrowser, newPerson, enter, signIn } = await import('../browser.mjs')
const { callerFor } = await import('../api.mjs')

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.floor(q * (list.length - 1))] ?? Number.NaN
const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`
const line = (name, list, more = list.busy ?? '') => console.log(`${name.padEnd(34)} p50 ${ms(quantile(list, 0.5)).padStart(7)}   p95 ${ms(quantile(list, 0.95)).padStart(7)}   worst ${ms(Math.max(...list)).padStart(7)}${more}`)

console.log(`${requests} requests, ${technicians} technicians, ${moves} moves a second; Chromium without a graphics card, server, database and browser on ${cpus().length} cores`)
const session = await startBrowser()
try {
  const { page, context, complaints } = await newPerson(session.browser, { width: 1920, height: 1080 })

  /** Milliseconds between the frames that are drawn while something is done. */
  async function frames(during, in_ = page) {
    await in_.evaluate(() => {
      window.frames_ = []
      let last
      const step = (at) => {
        if (last !== undefined) window.frames_.push(at - last)
        last = at
        if (window.frames_) window.request_ = requestAnimationFrame(step)
      }
      window.request_ = requestAnimationFrame(step)
    })
    const cdp = await context.newCDPSession(in_)
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
    const busy = async () => (await cdp.send('Performance.getMetrics')).metrics.find((one) => one.name === 'TaskDuration').value
    const [began, before] = [performance.now(), await busy()]
    await during()
    const [took, after] = [performance.now() - began, await busy()]
    await cdp.detach()
    const list = await in_.evaluate(() => {
      cancelAnimationFrame(window.request_)
      return window.frames_
    })
    // What the page's own thread computed: unlike the frames, it does not depend on who else uses the machine.
    list.busy = `   main thread busy ${((100_000 * (after - before)) / took).toFixed(0)} %`
    return list
  }

  // The floor: the frames of a page that shows nothing, on this machine as busy as it is.
  const blank = await context.newPage()
  line('frames, an empty page', await frames(() => blank.waitForTimeout(seconds * 1000), blank))
  await blank.close()

  await page.goto('/board/')
  await enter(page, signIn('DISPATCHER'))
  const open = async () => {
    await page.locator('[role="grid"][aria-busy="false"] [data-request]').first().waitFor()
    return page.evaluate(() => performance.now())
  }
  await open()
  // First view: from asking for the page to its first rows, and to the whole queue, signed in, with files from the cache.
  const first = [], whole = []
  for (let i = 0; i < 3; i++) {
    await page.goto('about:blank')
    await page.goto('/board/', { waitUntil: 'commit' })
    await page.locator('[data-request]').first().waitFor()
    first.push(await page.evaluate(() => performance.now()))
    whole.push(await open())
  }
  line('first rows', first)
  line('whole queue', whole)
  console.log(`rows in the page                   ${await page.locator('[data-request]').count()} of ${await page.locator('[role="grid"]').getAttribute('data-rows')}`)
  await page.locator('.maplibregl-canvas').waitFor()
  await page.waitForTimeout(4000)

  const until = Date.now.bind(Date)
  const nothing = () => page.waitForTimeout(seconds * 1000)

  const box = await page.locator('[role="grid"]').boundingBox()
  const scrolling = async () => {
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    for (const end = until() + seconds * 1000; until() < end; ) {
      await page.mouse.wheel(0, 400)
      await page.waitForTimeout(16)
    }
  }
  const map = await page.locator('.maplibregl-canvas').boundingBox()
  const dragging = async (in_ = page) => {
    const [x, y] = [map.x + map.width / 2, map.y + map.height / 2]
    await in_.mouse.move(x, y)
    await in_.mouse.down()
    for (let i = 0, end = until() + seconds * 1000; until() < end; i++) {
      await in_.mouse.move(x + 120 * Math.sin(i / 12), y + 120 * Math.cos(i / 12) - 120)
      await in_.waitForTimeout(16)
    }
    await in_.mouse.up()
  }
  const zooming = async () => {
    await page.mouse.move(map.x + map.width / 2, map.y + map.height / 2)
    for (let i = 0, end = until() + seconds * 1000; until() < end; i++) {
      await page.mouse.wheel(0, Math.floor(i / 20) % 2 === 0 ? -30 : 30)
      await page.waitForTimeout(16)
    }
  }
  /** A map of the same size at the same place with nothing on it but its colour, by the same library. */
  const emptyMap = async () => {
    const empty = await context.newPage()
    await empty.route('**/empty-map/*', async (route) => {
      const name = new URL(route.request().url()).pathname.split('/').pop()
      if (name) return route.fulfill({ contentType: 'text/javascript', body: await readFile(new URL(`../../node_modules/maplibre-gl/dist/${name}`, import.meta.url)) })
      return route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>empty</title><div id="map" style="position:absolute;left:${map.x}px;top:${map.y}px;width:${map.width}px;height:${map.height}px"></div>
        <script type="module">
          import { Map, setWorkerUrl } from './maplibre-gl.mjs'
          setWorkerUrl('./maplibre-gl-worker.mjs')
          const map = new Map({ container: 'map', center: [14, 64.5], zoom: 3.4, dragRotate: false, style: { version: 8, sources: {}, layers: [{ id: 'sea', type: 'background', paint: { 'background-color': '#cde' } }] } })
          map.once('load', () => (document.title = 'loaded'))
        </script>` })
    })
    await empty.goto('/empty-map/')
    await empty.waitForFunction(() => document.title === 'loaded')
    return empty
  }
  const carrying = async () => {
    const row = await page.locator('[data-request]').nth(4).boundingBox()
    await page.mouse.move(row.x + 200, row.y + row.height / 2)
    await page.mouse.down()
    for (let i = 0, end = until() + seconds * 1000; until() < end; i++) {
      await page.mouse.move(row.x + 400 + 300 * Math.sin(i / 15), row.y + 150 * Math.cos(i / 15))
      await page.waitForTimeout(16)
    }
    await page.keyboard.press('Escape')
    await page.mouse.up()
  }
  line('frames, all move', await frames(nothing))
  line('frames, scrolling the queue', await frames(scrolling))
  await page.locator('[role="grid"]').evaluate((grid) => (grid.scrollTop = 0))
  const empty = await emptyMap()
  const floor = await frames(() => dragging(empty), empty)
  line('frames, dragging an empty map', floor)
  await empty.close()
  await page.bringToFront()
  const dragged = await frames(() => dragging())
  line('frames, dragging the map', dragged)
  console.log(`dragging, of the empty map's        p50 ${(quantile(dragged, 0.5) / quantile(floor, 0.5)).toFixed(1)}   p95 ${(quantile(dragged, 0.95) / quantile(floor, 0.95)).toFixed(1)}`)
  line('frames, zooming the map', await frames(zooming))
  await page.getByRole('button', { name: 'Show all' }).last().click()
  line('frames, carrying a request', await frames(carrying))

  // A change by somebody else: from the answer to them, which follows the commit, to the row that says so.
  const call = await callerFor('OTHER')
  const delays = []
  for (let i = 0; i < 10; i++) {
    const row = page.locator('[data-request]').nth(i)
    const id = await row.getAttribute('data-id')
    const seen = page.evaluate((id) => new Promise((resolve) => {
      const shown = () => document.querySelector(`[data-id="${id}"].changed`) && (resolve(Date.now()), watch.disconnect())
      const watch = new MutationObserver(shown)
      watch.observe(document.querySelector('[role="grid"]'), { subtree: true, attributes: true, childList: true })
      shown()
    }), id)
    const { request } = await call('dispatch.v1.DispatchService/AddNote', { operationId: randomUUID(), requestId: id, text: 'målt' })
    const committed = Date.now()
    if (!request) throw new Error('no answer')
    delays.push(Math.max(0, (await seen) - committed))
  }
  line('from commit to screen', delays)
  const memory = await page.evaluate(() => performance.memory?.usedJSHeapSize)
  if (memory) console.log(`JavaScript memory                  ${(memory / 1e6).toFixed(0)} MB`)
  if (process.env.OUT) await page.screenshot({ path: join(process.env.OUT, 'bigboard.png') })
  if (complaints.length > 0) console.log('complaints:', complaints)
  await context.close()
} finally {
  await session.close()
  server.kill('SIGTERM')
  await ended
}
