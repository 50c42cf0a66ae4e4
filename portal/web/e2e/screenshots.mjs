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
  const context = await browser.newContext({ viewport, locale, colorScheme, deviceScaleFactor: 1 })
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

// The first request in a state that any of the customers has.
async function findRequest(state) {
  for (let round = 0; round < 20; round++) {
    for (let n = 1; n <= 40; n++) {
      const user = `kunde${String(n).padStart(2, '0')}`
      const post = async (procedure, body, cookie) =>
        fetch(`${base}/utsendt.${procedure}`, {
          method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...(cookie && { cookie }) },
        })
      const session = await post('identity.v1.SessionService/SignIn', { userId: user, password })
      const cookie = session.headers.get('set-cookie')?.split(';')[0]
      const list = await (await post('portal.v1.PortalService/ListRequests', { openOnly: true, pageSize: 50 }, cookie)).json()
      const found = list.requests?.find((r) => r.state === state)
      if (found) return { user, number: found.number }
    }
  }
  throw new Error(`no request is in ${state}`)
}

// The first requests are hurried through; those that follow take their time.
await new Promise((resolve) => setTimeout(resolve, 25_000))
for (let tries = 0; ; tries++) {
  const underWay = await findRequest('REQUEST_STATE_EN_ROUTE')
  const page = await signedIn(underWay.user, `/requests/${underWay.number}`, { width: 1280, height: 900 })
  await page.waitForTimeout(2500)
  if (tries < 10 && !/er på vei/.test(await page.textContent('h1'))) {
    await page.context().close()
    continue // it arrived meanwhile
  }
  await shoot(page, 'request')
  break
}
await shoot(await signedIn('sentral1', '/board', { width: 1440, height: 900 }, 'en-GB', 'dark'), 'board')
const working = await findRequest('REQUEST_STATE_ON_SITE')
await shoot(await signedIn(working.user, '/', { width: 390, height: 844 }), 'portal-phone')
await shoot(await signedIn('tekniker01', '/tech', { width: 390, height: 844 }, 'en-GB'), 'tech-phone')
await browser.close()
