// What Lighthouse says of the portal's home and of the page of a request, To be scheduled and En route, on a phone and a desk.
//
//   node run.mjs              all categories, the median of several runs; fails below 95
//   node run.mjs --still      without performance, on a phone alone: what does not depend on how busy the machine is
//
// UTSENDT_URL is a running demo, UTSENDT_CUSTOMER, UTSENDT_DISPATCHER and UTSENDT_TECHNICIAN sign-ins, user:password, CHROMIUM the
// browser, RUNS how often each page is measured (5). Without the last two sign-ins nobody is En route.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import desktop from 'lighthouse/core/config/desktop-config.js'
import lighthouse from 'lighthouse'
import { callerFor, openOne } from '../e2e/api.mjs'
import { baseUrl } from '../e2e/browser.mjs'
import { giveJob } from '../e2e/jobs.mjs'

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

const runs = still ? 1 : Number(process.env.RUNS ?? 5)
/** axe looks at both elsewhere (e2e/pages.test.mjs): here a phone is enough for what does not depend on quickness. */
const sizes = still ? [['phone', undefined]] : [['phone', undefined], ['desk', desktop]]

/** The pages that are measured. */
async function pagesFor(call) {
  const open = async () => (await call('portal.v1.PortalService/ListRequests', { openOnly: true, pageSize: 100 })).requests ?? []
  const inState = async (state) => (await open()).find((one) => one.state === `REQUEST_STATE_${state}`)
  if (process.env.UTSENDT_DISPATCHER && process.env.UTSENDT_TECHNICIAN && !(await inState('EN_ROUTE'))) await sendSomebody()
  const found = [['request To be scheduled', await inState('TO_BE_SCHEDULED')], ['request En route', await inState('EN_ROUTE')]]
  return [['home', '/'], ...found.filter(([, one]) => one).map(([name, one]) => [name, `/requests/${one.number}`])]
}

/** A technician sets out for a request of the customer's, and is seen on the way. */
async function sendSomebody() {
  const { id, office, technician } = await giveJob()
  const { request } = await office('dispatch.v1.DispatchService/GetRequest', { id })
  const now = new Date().toISOString()
  await technician('mobile.v1.MobileService/EnRoute', { operation: { id: randomUUID(), phoneTime: now, sentPhoneTime: now }, requestId: id })
  const { latitude, longitude } = request.place.point
  await technician('mobile.v1.MobileService/ReportPositions', {
    sentPhoneTime: now, fixes: [{ point: { latitude: latitude + 0.03, longitude: longitude + 0.05 }, accuracyMetres: 15, phoneTime: now }],
  })
}

/** The one in the middle; of an even number the lower. */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]

/** What Lighthouse says of one page at one size, by category, and its figures in milliseconds. */
async function measure(port, path, config) {
  const { lhr } = await lighthouse(
    baseUrl + path,
    { port, onlyCategories: categories, extraHeaders: { cookie: call.cookie() }, logLevel: 'error', maxWaitForLoad: 12_000 },
    config,
  )
  if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`)
  const scores = Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(score * 100)]))
  const figure = (id) => lhr.audits[id]?.numericValue ?? 0
  const figures = still ? {} : {
    FCP: figure('first-contentful-paint'), LCP: figure('largest-contentful-paint'), TBT: figure('total-blocking-time'),
    'speed index': figure('speed-index'), 'CLS x 1000': figure('cumulative-layout-shift') * 1000,
  }
  const weak = Object.values(lhr.categories).flatMap(({ auditRefs }) =>
    auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9)
      .map(({ id }) => `${id} ${lhr.audits[id].score} ${lhr.audits[id].displayValue ?? ''}`))
  return { scores, figures, weak, machine: lhr.environment.benchmarkIndex }
}

await openOne()
const call = await callerFor('CUSTOMER')
const pages = await pagesFor(call)
const profile = await mkdtemp(join(tmpdir(), 'utsendt-lighthouse-'))
const chromium = await startChromium(profile)
const poor = []
try {
  for (const [name, path] of pages) {
    for (const [size, config] of sizes) {
      const all = []
      for (let i = 0; i < runs; i++) all.push(await measure(chromium.port, path, config))
      const middle = (of) => Object.keys(all[0][of]).map((id) => [id, Math.round(median(all.map((one) => one[of][id])))])
      const scores = middle('scores')
      console.log(`${name}, ${size}: ${scores.map(([id, score]) => `${id} ${score}`).join(', ')}`)
      if (!still) {
        console.log(`  performance of ${runs} runs: ${all.map((one) => one.scores.performance).join(' ')}; machine ${all.map((one) => Math.round(one.machine)).join(' ')}`)
        console.log(`  ${middle('figures').map(([id, value]) => `${id} ${value}`).join(', ')}`)
      }
      for (const [id, score] of scores) if (score < least) poor.push(`${name}, ${size}: ${id} ${score}`)
      for (const one of new Set(all.at(-1).weak)) console.log(`  ${one}`)
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
