// What Lighthouse says of the portal's home and of a request's page, on a phone and a desk.
//
//   node run.mjs              all categories; fails below 95
//   node run.mjs --still      without performance: what does not depend on how busy the machine is
//
// UTSENDT_URL is a running demo, UTSENDT_CUSTOMER a sign-in, user:password, CHROMIUM the browser.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import desktop from 'lighthouse/core/config/desktop-config.js'
import lighthouse from 'lighthouse'
import { callerFor, openOne } from '../e2e/api.mjs'
import { baseUrl } from '../e2e/browser.mjs'

const least = 95
// The pages keep a stream open: the network is never idle, so the wait for it is cut short.
const still = process.argv.includes('--still')
const categories = ['accessibility', 'best-practices', ...(still ? [] : ['performance'])]

/** Starts Chromium and gives the port of its debugger. */
async function startChromium(profile) {
  const chromium = spawn(process.env.CHROMIUM || '/usr/bin/chromium', [
    '--headless', '--no-sandbox', '--disable-gpu', '--enable-unsafe-swiftshader', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank',
  ], { stdio: 'ignore' })
  const ended = new Promise((resolve) => chromium.once('exit', resolve))
  for (let tries = 0; tries < 300; tries++) {
    try {
      const [port] = (await readFile(join(profile, 'DevToolsActivePort'), 'utf8')).split('\n')
      return { port: Number(port), stop: () => (chromium.kill(), ended) }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  chromium.kill()
  throw new Error('Chromium did not start')
}

await openOne()
const call = await callerFor('CUSTOMER')
const { requests } = await call('portal.v1.PortalService/ListRequests', { openOnly: true })
const profile = await mkdtemp(join(tmpdir(), 'utsendt-lighthouse-'))
const chromium = await startChromium(profile)
const poor = []
try {
  for (const [name, path] of [['home', '/'], ['request', `/requests/${requests[0].number}`]]) {
    for (const [size, config] of [['phone', undefined], ['desk', desktop]]) {
      const { lhr } = await lighthouse(
        baseUrl + path,
        { port: chromium.port, onlyCategories: categories, extraHeaders: { cookie: call.cookie() }, logLevel: 'error', maxWaitForLoad: 12_000 },
        config,
      )
      if (lhr.runtimeError) throw new Error(`${name}: ${lhr.runtimeError.message}`)
      const scores = Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(score * 100)])
      console.log(`${name}, ${size}: ${scores.map(([id, score]) => `${id} ${score}`).join(', ')}`)
      for (const [id, score] of scores) if (score < least) poor.push(`${name}, ${size}: ${id} ${score}`)
      for (const { auditRefs } of Object.values(lhr.categories)) {
        for (const { id, weight } of auditRefs) {
          const { score, displayValue = '' } = lhr.audits[id]
          if (weight > 0 && score !== null && score < 0.9) console.log(`  ${id} ${score} ${displayValue}`)
        }
      }
    }
  }
} finally {
  await chromium.stop()
  await rm(profile, { recursive: true, force: true, maxRetries: 5 })
}
if (poor.length > 0) {
  console.error(`below ${least}: ${poor.join('; ')}`)
  process.exit(1)
}
