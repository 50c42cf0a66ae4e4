// Takes the pictures for the docs from a running demo: node e2e/screenshots.mjs, see scripts/screenshots.
import { chromium } from 'playwright-core'

const base = process.env.UTSENDT_URL
const folder = process.env.UTSENDT_SHOTS
const password = 'utsendt-demo'
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--enable-unsafe-swiftshader', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})

async function signedIn(user, path, viewport, locale = 'nb-NO', colorScheme = 'light') {
  const context = await browser.newContext({
    viewport, locale, colorScheme, timezoneId: 'Europe/Oslo', deviceScaleFactor: 1, permissions: ['geolocation'], geolocation: { latitude: 59.9139, longitude: 10.7522, accuracy: 10 },
  })
  const page = await context.newPage()
  await page.goto(base + path)
  await page.fill('input[autocomplete="username"]', user)
  await page.fill('input[type="password"]', password)
  await page.click('button[type="submit"]')
  await page.waitForSelector('input[type="password"]', { state: 'detached' })
  return page
}

async function shoot(page, name) {
  await page.waitForTimeout(2500) // what is under way arrives by stream
  await page.screenshot({ path: `${folder}/${name}.png` })
  await page.context().close()
}

async function post(procedure, body, cookie) {
  return fetch(`${base}/utsendt.${procedure}`, {
    method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...(cookie && { cookie }) },
  })
}

async function cookieOf(userId) {
  const session = await post('identity.v1.SessionService/SignIn', { userId, password })
  return session.headers.get('set-cookie')?.split(';')[0]
}

const numbered = (name, count) => Array.from({ length: count }, (_, n) => `${name}${String(n + 1).padStart(2, '0')}`)

// The first request in a state that any of the customers has, those passed over aside.
async function findRequest(state, passed = new Set()) {
  for (let round = 0; round < 20; round++) {
    for (const user of numbered('kunde', 40)) {
      const cookie = await cookieOf(user)
      const list = await (await post('portal.v1.PortalService/ListRequests', { openOnly: true, pageSize: 50 }, cookie)).json()
      const found = list.requests?.find((r) => r.state === state && !passed.has(r.number))
      if (found) return { user, cookie, ...found }
    }
  }
  throw new Error(`no request is in ${state}`)
}

// The first technician who has a job.
async function findTechnician() {
  for (let round = 0; round < 20; round++) {
    for (const user of numbered('tekniker', 60)) {
      const { jobs } = await (await post('mobile.v1.MobileService/ListJobs', {}, await cookieOf(user))).json()
      if (jobs?.length) return { user, job: jobs[0] }
    }
  }
  throw new Error('no technician has a job')
}

const desk = { width: 1280, height: 900 }
const phone = { width: 390, height: 844 }

// The first requests are hurried through; those that follow take their time.
await new Promise((resolve) => setTimeout(resolve, 25_000))
const passed = new Set()
for (let tries = 0; ; tries++) {
  const underWay = await findRequest('REQUEST_STATE_EN_ROUTE', passed)
  const page = await signedIn(underWay.user, `/requests/${underWay.number}`, desk)
  await page.waitForTimeout(2500)
  if (tries < 10 && !(/er på vei/.test(await page.textContent('h1')) && /km igjen/.test(await page.textContent('main')))) {
    passed.add(underWay.number)
    await page.context().close()
    continue // it arrived meanwhile, or is almost there: there is more to see on a longer way
  }
  const { url: link } = await (
    await post('portal.v1.TrackingService/ShareRequest', { operationId: crypto.randomUUID(), requestId: underWay.id }, underWay.cookie)
  ).json().then(({ share }) => share)
  await shoot(page, 'request')
  const stranger = await (await browser.newContext({ viewport: phone, locale: 'nb-NO', timezoneId: 'Europe/Oslo' })).newPage()
  await stranger.goto(new URL(new URL(link).pathname + new URL(link).hash, base).href)
  await shoot(stranger, 'follow-phone')
  break
}
await shoot(await signedIn('sentral1', '/board', { width: 1680, height: 950 }, 'en-GB', 'dark'), 'board')
await shoot(await signedIn('sentral1', '/board/approvals', desk), 'approvals')
await shoot(await signedIn('kunde01', '/', desk), 'home')
await shoot(await signedIn('kunde01', '/', phone), 'portal-phone')
const products = await signedIn('kunde01', '/devices', desk)
await products.locator('#main li a[href^="/devices/"]').first().click()
await shoot(products, 'product')
await shoot(await signedIn('kunde01', '/usage', desk, 'en-GB'), 'usage')
const { user, job } = await findTechnician()
await shoot(await signedIn(user, '/tech', phone, 'en-GB'), 'tech-phone')
await shoot(await signedIn(user, `/tech/jobs/${job.requestId}`, phone, 'nb-NO', 'dark'), 'tech-job-phone')
await browser.close()
