// The office on behalf of customers: what it refuses and registers, orders and reads for them, and an article it withdraws.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'

let session
let staff
let customer
before(async () => {
  session = await startBrowser()
  staff = await callerFor('DISPATCHER')
  customer = await callerFor('CUSTOMER')
})
after(() => session?.close())

async function open(role, path) {
  const person = await newPerson(session.browser)
  await person.page.goto(path)
  await enter(person.page, signIn(role))
  return person
}

/** The 4xx of what is refused is the browser's to report, and no fault of the page. */
const healthy = (complaints) => assert.deepEqual(complaints.filter((one) => !/status of 4(04|09|00|12)/.test(one)), [])

test('a refused registration tells the customer why, and the office registers it after all, row by row', { timeout: 90_000 }, async () => {
  // A device at a site where the customer follows another, which they leave and ask for again.
  const { devices } = await customer('portal.v1.PortalService/ListDevices', { pageSize: 100 })
  const { user } = signIn('CUSTOMER')
  const sites = await Promise.all(devices.map(async (one) => (await staff('backoffice.v1.FleetService/GetDevice', { id: one.id })).device.siteId))
  const at = sites.findIndex((site, i) => sites.some((other, j) => j !== i && other === site) && !devices[i].openRequestNumber)
  assert.ok(at >= 0, 'the customer has no two devices at one site')
  const asked = devices[at]
  const beside = devices.find((_, i) => i !== at && sites[i] === sites[at])
  const reason = `E2E ${randomUUID().slice(0, 8)}`
  let office
  let portal
  try {
    await customer('portal.v1.RegistrationService/Deregister', { operationId: randomUUID(), deviceIds: [asked.id] })
    await customer('portal.v1.RegistrationService/RegisterSiblings', { operationId: randomUUID(), deviceId: beside.id, siblings: [{ deviceId: asked.id }] })
    office = await open('DISPATCHER', '/board/approvals')
    portal = await open('CUSTOMER', '/devices')
    const row = office.page.locator(`[data-registration="${asked.serialNumber}"]`)
    await row.getByRole('button', { name: 'Refuse' }).click()
    await office.page.getByRole('dialog').locator('textarea').fill(reason)
    await office.page.getByRole('dialog').getByRole('button', { name: 'Refuse' }).click()
    await row.waitFor({ state: 'detached' })
    await portal.page.reload()
    await portal.page.getByText(reason).waitFor()

    await office.page.goto('/board/register')
    await office.page.locator('[name="user_id"]').fill(user)
    await office.page.locator('[name="serials"]').fill(`${asked.serialNumber}, NO-SUCH-DEVICE`)
    await office.page.getByRole('button', { name: 'Try it' }).click()
    // Tried first: whom it is for stands there, and the bad row stops nothing.
    await office.page.locator('[data-acting-for]').filter({ hasText: user }).waitFor()
    await office.page.locator('[data-registered="dry"] [data-outcome="refused"]').filter({ hasText: 'NO-SUCH-DEVICE' }).waitFor()
    await office.page.getByRole('button', { name: 'Register now' }).click()
    const done = office.page.locator('[data-registered="real"]')
    await done.locator('[data-outcome="registered"]').filter({ hasText: asked.serialNumber }).waitFor()
    const [file] = await Promise.all([office.page.waitForEvent('download'), done.getByRole('button', { name: 'Download the result' }).click()])
    const text = await readFile(await file.path(), 'utf8')
    assert.match(text, new RegExp(`;${asked.serialNumber};Registered;`))
    assert.match(text, /;NO-SUCH-DEVICE;Refused;/)

    await portal.page.reload()
    await portal.page.locator('#main').getByText(asked.serialNumber).first().waitFor()
    healthy([...office.complaints, ...portal.complaints])
  } finally {
    await staff('backoffice.v1.ApprovalService/RegisterMany', { operationId: randomUUID(), userId: user, file: Buffer.from(`serial_number\n${asked.serialNumber}\n`).toString('base64') })
    await office?.context.close()
    await portal?.context.close()
  }
})

test('toner is ordered and a reading sent for a customer who called; an article is withdrawn and given back', { timeout: 90_000 }, async () => {
  const { devices } = await customer('portal.v1.PortalService/ListDevices', { pageSize: 100 })
  const orderable = async (one) => ((await staff('backoffice.v1.OrderService/ListOrderable', { serialNumber: one.serialNumber })).supplies ?? []).length > 0
  let device
  for (const one of devices) if (!device && (await orderable(one))) device = one
  assert.ok(device, 'the customer has no device that supplies can be ordered for')
  const { device: known } = await staff('backoffice.v1.FleetService/GetDevice', { id: device.id })
  const { context, page, complaints } = await open('DISPATCHER', `/board/devices/${device.id}`)
  try {
    await page.getByRole('link', { name: 'Order for the customer' }).click()
    await page.locator(`[data-acting-for="${known.accountName}"]`).waitFor()
    await page.locator('[data-supply] input').first().fill('1')
    await page.locator('#main form button[type="submit"]').click()
    await page.locator('[data-order-state="placed"]').waitFor()
    const number = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
    const { orders } = await customer('portal.v1.SupplyService/ListOrders', { deviceId: device.id })
    assert.ok(orders.some((one) => one.number === number), `${number} is not among the customer's orders`)

    // The reading's time is the server's, and so it is never in the future.
    await page.goto(`/board/devices/${device.id}`)
    await page.getByRole('button', { name: 'Enter a reading for the customer' }).click()
    const form = page.locator('form[aria-label="Enter a reading for the customer"]')
    await form.locator(`[data-acting-for="${known.accountName}"]`).waitFor()
    const { readings } = await staff('backoffice.v1.ReadingDeskService/ListReadings', { deviceId: device.id })
    const counters = form.locator('input[inputmode="numeric"]')
    const fields = await counters.count()
    const last = readings.find((one) => !one.supersededBy && one.counters.length === fields)
    for (let i = 0; i < fields; i++) {
      const name = (await counters.nth(i).getAttribute('name')) ?? ''
      const value = last?.counters.find((one) => one.counter === `COUNTER_${name.toUpperCase()}`)?.value ?? 0
      await counters.nth(i).fill(String(Number(value) + 1))
    }
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'detached' })
    const { readings: now } = await customer('portal.v1.ReadingService/ListReadings', { deviceId: device.id })
    assert.equal(now[0].source, 'READING_SOURCE_STAFF')

    const slug = 'stifter'
    const reads = () => customer('portal.v1.HelpService/GetArticle', { slug }).then(() => true, () => false)
    const finds = async () => ((await customer('portal.v1.HelpService/SearchArticles', { pageSize: 100 })).hits ?? []).some((one) => one.slug === slug)
    await page.goto(`/board/articles/${slug}`)
    await page.getByRole('button', { name: 'Withdraw from customers' }).click()
    await page.locator('[data-withdrawn]').waitFor()
    assert.deepEqual([await reads(), await finds()], [false, false])
    await page.locator('[data-change="article.withdraw"]').first().waitFor()
    await page.getByRole('button', { name: 'Give back to customers' }).click()
    await page.locator('[data-withdrawn]').waitFor({ state: 'detached' })
    assert.deepEqual([await reads(), await finds()], [true, true])
    healthy(complaints)
  } finally {
    await context.close()
  }
})

test('a site is placed on the map: typed degrees move the mark, arrow keys and a click move the degrees', { timeout: 60_000 }, async () => {
  const { sites } = await staff('backoffice.v1.FleetService/ListSites', { pageSize: 1 })
  const { context, page, complaints } = await open('DISPATCHER', `/board/sites/${sites[0].id}`)
  try {
    await page.getByRole('button', { name: 'Edit …' }).click()
    await page.locator('[data-site-map="map"]').waitFor()
    const [latitude, longitude] = [page.locator('[name="latitude"]'), page.locator('[name="longitude"]')]
    const mark = page.locator('.site-mark')
    await page.locator('[name="coordinates"]').fill('60,3913; 5,3221')
    await page.getByRole('button', { name: 'The mark, at 60.3913, 5.3221' }).waitFor()
    assert.deepEqual([await latitude.inputValue(), await longitude.inputValue()], ['60.3913', '5.3221'])
    await mark.press('ArrowRight')
    await page.waitForFunction(() => document.querySelector('[name="longitude"]').value !== '5.3221')
    const east = Number(await longitude.inputValue())
    assert.ok(east > 5.3221, `${east} is not east of it`)
    await longitude.fill('11')
    await page.getByRole('button', { name: ', 11.' }).waitFor()
    await page.locator('[data-site-map] canvas').click({ position: { x: 60, y: 60 } })
    await page.waitForFunction(() => document.querySelector('[name="longitude"]').value !== '11')
    assert.ok(Number(await longitude.inputValue()) < 11, 'a click to the left is not to the west')
    healthy(complaints)
  } finally {
    await context.close()
  }
})
