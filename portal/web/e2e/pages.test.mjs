// Every page, in both languages, on a phone and a desk, in light and dark.
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { openOne, shareOne } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'
import { endJobs, giveJob } from './jobs.mjs'

const shots = process.env.UTSENDT_SHOTS
let session
/** Where a shared link leads. */
let linkPath

before(async () => {
  if (shots) await mkdir(shots, { recursive: true })
  await openOne()
  await endJobs()
  await giveJob()
  linkPath = await shareOne()
  session = await startBrowser()
})
after(() => session?.close())

/** What must be true of a page as it stands; with axe, also for those who do not see it as it was drawn. */
async function examine(page, name, axe) {
  await page.evaluate(() => document.fonts.ready)
  const { scroll, width } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    width: document.documentElement.clientWidth,
  }))
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
  assert.ok(scroll <= width, `${name} scrolls sideways: ${scroll} > ${width}`)
  assert.deepEqual(await page.evaluate(() => window.cspViolations), [], `${name}: Content-Security-Policy`)
  if (!axe) return
  // No frames: axe needs no page of its own to put their findings together. Nor is what is well described at length.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  const serious = violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`)
  assert.deepEqual(serious, [], `${name}: axe`)
}

const apps = [
  {
    app: 'portal',
    role: 'CUSTOMER',
    door: '/',
    async visit(page, look) {
      await page.locator('form[role="search"]').waitFor()
      await look('home')
      await page.goto('/requests')
      await page.locator('[data-line="live"]').waitFor()
      await page.locator('[data-request]').first().waitFor()
      await look('requests')
      await page.locator('[data-request] a').first().click()
      await page.locator('[data-state]').waitFor()
      await look('request')
      await page.goto(linkPath)
      await page.locator('[data-state]').waitFor()
      await look('follow')
      await page.goto('/follow')
      await page.locator('[data-gone]').waitFor()
      await look('follow-gone')
      await page.goto('/devices')
      await page.locator('#main ul li').first().waitFor()
      await look('devices')
      await page.goto(await page.locator('#main li a[href^="/devices/"]').first().getAttribute('href'))
      await page.locator('[data-toner], section:has(#toner-heading) p').first().waitFor()
      await look('product')
      await page.locator('#main a[href^="/address/"]').click()
      await page.locator('[data-moving] li').first().waitFor()
      await look('address')
      await page.goto('/register')
      await page.locator('input[name="serial_number"]').waitFor()
      await look('register')
      await page.goto('/devices')
      await page.locator('#main ul li').first().waitFor()
      const report = page.locator('#main a[href^="/report/"]')
      await page.goto(await report.first().getAttribute('href'))
      await page.locator('select').waitFor()
      await page.locator('form button[type="submit"]').click()
      await page.locator('[aria-invalid="true"]').first().waitFor()
      await page.locator('input[type="radio"]').nth(1).check()
      await look('report')
      await page.goto('/order')
      const order = page.locator('#main a[href^="/order/"]')
      await order.first().waitFor()
      await look('order')
      await page.goto(await order.first().getAttribute('href'))
      await page.locator('#main section.card').first().waitFor()
      await look('place-order')
      await page.goto('/orders')
      await page.locator('#main .card').first().waitFor()
      await look('orders')
      const placed = page.locator('#main .card a[href^="/orders/"]')
      if (await placed.count()) {
        await page.goto(await placed.first().getAttribute('href'))
        await page.locator('[data-order]').waitFor()
        await look('placed-order')
      }
      await page.goto('/forecast')
      await page.locator('#main .card').first().waitFor()
      await look('forecast')
      await page.goto('/help')
      await page.locator('#main section li a[href^="tel:"]').first().waitFor()
      await look('help')
      const article = page.locator('#main a[href^="/help/"]')
      await article.first().waitFor()
      await page.goto(await article.first().getAttribute('href'))
      await page.locator('#main article').waitFor()
      await look('article')
      await page.goto('/readings')
      await page.locator('#main ul li').first().waitFor()
      await page.locator('#main li input[type="checkbox"]').first().check()
      await look('readings')
      await page.locator('#main li button[aria-expanded]').first().click()
      await page.locator('[data-reading]').first().waitFor()
      await look('readings-earlier')
      await page.locator('.go button').click()
      await page.locator('[data-entry] input').first().waitFor()
      await page.locator('form button[type="submit"]').click()
      await look('readings-enter')
      await page.goto('/readings/bulk')
      await page.locator('input[type="file"]').waitFor()
      await look('bulk')
      await page.goto('/usage')
      await page.locator('tr[data-month]').first().waitFor()
      await look('usage')
      await page.goto('/notifications')
      await page.locator('[data-push]:not([data-push="checking"])').waitFor()
      await look('notifications')
      await page.goto('/account')
      await page.locator('input[autocomplete="new-password"]').first().waitFor()
      await look('account')
      await page.goto('/nowhere')
      await page.locator('h1').waitFor()
      await look('nowhere')
    },
  },
  {
    app: 'board',
    role: 'DISPATCHER',
    door: '/board/',
    async visit(page, look) {
      await page.locator('[data-line="live"]').waitFor()
      await page.locator('[data-request]').first().waitFor()
      await look('queue')
      await page.locator('[aria-controls="filters"]').click()
      await look('filters')
      await page.locator('[aria-controls="filters"]').click()
      await page.locator('[data-request] button').first().click()
      await page.locator('#panel-heading').waitFor()
      await page.locator('[data-panel] details summary').first().waitFor()
      await look('panel')
      await page.locator('[data-panel] details[data-messages] summary').click()
    },
  },
  {
    app: 'office',
    role: 'DISPATCHER',
    door: '/board/approvals',
    async visit(page, look) {
      await page.locator('[data-count]').nth(2).waitFor()
      const moves = page.locator('[data-address-change] button').first()
      if (await moves.count()) {
        await moves.click()
        await page.locator('[data-address-change] h3').nth(2).waitFor()
      }
      await page.waitForLoadState('networkidle') // all three lists stand where they stay
      await page.evaluate(() => window.scrollTo(0, 0)) // and nothing is half under the bar
      await look('approvals')
      await page.goto('/board/orders?state=all')
      await page.locator('[data-order]').first().waitFor()
      await look('orders')
      await page.goto('/board/orders?state=picked')
      await page.locator('[data-order] a').first().click()
      await page.locator('[data-messages] summary').click()
      await page.getByRole('button', { name: /^(Merk som sendt|Mark as shipped)/ }).click()
      await page.locator('#main form select').waitFor()
      await look('order')
      await page.goto('/board/notifications')
      await page.locator('[data-push]:not([data-push="checking"])').waitFor()
      await look('notifications')
      await page.goto('/board/customers')
      await page.locator('[data-account] a').first().waitFor()
      await look('customers')
      await page.locator('[data-account] a').first().click()
      await page.locator('#devices-heading').waitFor()
      await page.locator('tbody tr').first().waitFor()
      await look('customer')
      await page.goto('/board/devices')
      await page.locator('[data-device] th a').first().waitFor()
      await look('devices')
      await page.locator('[data-device] th a').first().click()
      await page.locator('[data-reading]').first().waitFor()
      await page.getByRole('button', { name: /^(Rediger|Edit)/ }).click()
      await page.locator('[name="friendly_name"]').waitFor()
      await look('device')
      await page.goto('/board/technicians')
      await page.locator('[data-technician] a').first().click()
      await page.getByRole('button', { name: /^(Rediger|Edit)/ }).click()
      await page.locator('[name="territory"]').waitFor()
      await look('technician')
      await page.goto('/board/skills')
      await page.locator('[data-skill]').first().waitFor()
      await look('skills')
      await page.goto('/board/territories')
      await page.locator('[data-territory] a').first().click()
      await page.locator('[data-technician]').first().waitFor()
      await look('territory')
      await page.goto('/board/countries')
      await page.locator('[data-country]').first().waitFor()
      await look('countries')
      await page.goto('/board/articles')
      await page.locator('[data-article] a').first().click()
      await page.locator('[data-preview] p').nth(1).waitFor()
      await look('article')
      await page.goto('/board/register')
      await page.locator('#main form button[type="submit"]').click()
      await page.locator('[aria-invalid="true"]').first().waitFor()
      await look('register')
      await page.goto('/board/audit')
      await page.locator('#main form select').waitFor()
      await page.locator('#main form button[type="submit"]').click()
      await page.locator('[aria-invalid="true"]').waitFor()
      await look('audit')
    },
  },
  {
    app: 'admin',
    role: 'ADMIN',
    door: '/board/people',
    async visit(page, look) {
      await page.locator('[data-person] a').first().waitFor()
      await look('people')
      await page.locator('[data-person] a').first().click()
      await page.locator('#sessions-heading').waitFor()
      await page.locator('#main tbody tr, #main p.card').first().waitFor()
      await look('person')
      await page.goto('/board/files')
      await page.locator('[name="kind"]').selectOption('devices')
      await look('files')
    },
  },
  {
    app: 'tech',
    role: 'TECHNICIAN',
    door: '/tech/',
    async visit(page, look) {
      await page.locator('[data-line="live"]').waitFor()
      await page.locator('[data-position]').waitFor()
      await page.locator('[data-job]').first().waitFor()
      await look('jobs')
      const job = await page.locator('[data-job] a[href^="/tech/jobs/"]').first().getAttribute('href')
      await page.goto(job)
      await page.locator('#history-heading ~ dl').waitFor()
      await look('job')
      await page.goto(`${job}/finish`)
      await page.locator('form button[type="submit"]').click()
      await page.locator('[aria-invalid="true"]').waitFor()
      await page.locator('summary').first().click()
      await look('finish')
      await page.goto(`${job}/decline`)
      await page.locator('form textarea').waitFor()
      await look('decline')
      await page.goto('/tech/changes')
      await page.locator('h1').waitFor()
      await look('changes')
      await page.goto('/tech/phone')
      await page.locator('[data-shell="kept"]').waitFor()
      await page.locator('[data-push]:not([data-push="checking"])').waitFor()
      await look('phone')
    },
  },
]

const widths = { phone: { width: 360, height: 780 }, desk: { width: 1280, height: 900 } }

/**
 * What axe looks at hardly differs between languages and widths, and takes longest: it sees every page twice, on a phone in Norwegian and at
 * a desk in English. The other two looks, Norwegian at a desk and English on a phone, are the portal's alone, whose pages all companies see;
 * with UTSENDT_ALL_LOOKS everybody's. Light and dark are dealt out page by page; UTSENDT_TURN=1 deals them the other way round.
 */
const turn = Number(process.env.UTSENDT_TURN ?? 0) % 2

for (const { app, role, door, visit } of apps) {
  for (const [nth, language] of ['nb', 'en'].entries()) {
    for (const [size, viewport] of Object.entries(widths)) {
      const axe = (language === 'nb') === (size === 'phone')
      if (!axe && app !== 'portal' && !process.env.UTSENDT_ALL_LOOKS) continue
      const look = `${app}-${language}-${size}`
      test(`${look}, turn ${turn}`, { timeout: 120_000 }, async () => {
        const { context, page, complaints } = await newPerson(session.browser, { language, ...viewport })
        let seen = turn + nth
        const see = async (name) => {
          const colours = seen++ % 2 ? 'dark' : 'light'
          await page.emulateMedia({ colorScheme: colours })
          await examine(page, `${look}-${colours}-${name}`, axe)
        }
        try {
          await page.goto(door)
          await page.locator('input[autocomplete="username"]').waitFor()
          assert.equal(await page.locator('html').getAttribute('lang'), language)
          await see('signin')
          await enter(page, signIn(role))
          await visit(page, see)
          assert.deepEqual(complaints, [])
        } finally {
          await context.close()
        }
      })
    }
  }
}

test('no sideways scrolling from 320 to 2560 px', { timeout: 120_000 }, async () => {
  for (const width of [320, 768, 2560]) {
    const { context, page } = await newPerson(session.browser, { language: 'nb', width })
    try {
      await page.goto('/')
      await enter(page, signIn('CUSTOMER'))
      for (const path of ['/', '/requests', '/devices', '/notifications', '/account', '/order', '/orders', '/forecast', '/help', '/readings', '/readings/bulk', '/usage']) {
        await page.goto(path)
        await page.locator('h1').waitFor()
        const { scroll, room } = await page.evaluate(() => ({
          scroll: document.documentElement.scrollWidth,
          room: document.documentElement.clientWidth,
        }))
        assert.ok(scroll <= room, `${path} at ${width}: ${scroll} > ${room}`)
      }
    } finally {
      await context.close()
    }
  }
})
