// A request's page while its technician is on the way, when nobody answers, and after; and forms whose session ends.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { callerFor, openOne } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'

let session, call, number
before(async () => {
  session = await startBrowser()
  call = await callerFor('CUSTOMER')
  await openOne()
  const { requests } = await call('portal.v1.PortalService/ListRequests', { openOnly: true })
  number = requests[0].number
})
after(() => session?.close())

test('the page says what it shows and as of when, recovers by itself, and takes no for an answer', { timeout: 60_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser, { language: 'en' })
  try {
    await page.goto('/')
    await enter(page, signIn('CUSTOMER'))
    // Home counts what is going on, and leads on.
    await page.locator('[data-now="known"]').waitFor()
    assert.match(await page.locator('[data-count="requests"]').innerText(), /^\d+ open requests?$/)

    await page.goto(`/requests/${number}`)
    await page.locator('[data-line="live"]').waitFor()
    await page.locator('[data-state]').waitFor()

    await context.setOffline(true)
    await page.locator('[data-connection="offline"]').filter({ hasText: /What you see is as of \d\d:\d\d/ }).waitFor()
    await page.locator('[data-line="offline"]').filter({ hasText: /as of \d\d:\d\d/ }).waitFor()
    await page.locator('[data-state]').waitFor() // what was known stays
    await context.setOffline(false)
    await page.locator('[data-connection="fine"]').filter({ hasText: 'Connected again.' }).waitFor()
    await page.locator('[data-line="live"]').waitFor()

    // The offer of notifications is made once.
    const offer = page.locator('[data-push-offer]')
    if (await offer.count()) {
      await offer.getByRole('button', { name: 'Not now' }).click()
      await offer.waitFor({ state: 'detached' })
      await page.reload()
      await page.locator('[data-line="live"]').waitFor()
      assert.equal(await offer.count(), 0, 'the offer comes back after a no')
    }
    assert.deepEqual(complaints.filter((one) => !/ERR_INTERNET_DISCONNECTED/.test(one)), [])
  } finally {
    await context.close()
  }
})

test('a page that could not be read comes by itself when the server answers', { timeout: 60_000 }, async () => {
  const { context, page } = await newPerson(session.browser, { language: 'en' })
  try {
    await page.goto('/orders')
    await enter(page, signIn('CUSTOMER'))
    await page.locator('#main .card').first().waitFor()
    let away = true
    await page.route('**/utsendt.*/**', (route) => (away ? route.abort('connectionrefused') : route.continue()))
    await page.getByRole('link', { name: 'My products' }).first().click()
    await page.locator('[data-connection="unreachable"] p').waitFor()
    await page.locator('#main [role="alert"]').first().waitFor()
    away = false
    await page.locator('#main a[href^="/devices/"]').first().waitFor()
    // Each part of the page by itself, in its own time.
    await page.waitForFunction(() => !document.querySelector('#main [role="alert"]'))
  } finally {
    await context.close()
  }
})

test('without a way to draw a map the position is drawn as a chart', { timeout: 60_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser, { language: 'en' })
  try {
    await page.addInitScript(() => {
      HTMLCanvasElement.prototype.getContext = () => null
    })
    const technician = await phone()
    const { devices } = await call('portal.v1.PortalService/ListDevices', { pageSize: 100 })
    const { request } = await call('portal.v1.PortalService/OpenRequest', {
      operationId: randomUUID(), deviceId: devices.find((one) => !one.openRequestNumber).id, category: 'FAULT_CATEGORY_NOISE',
      description: 'Den piper. 🐭 טונר', contactName: 'Testa Prøvesen', contactPhone: '+47 000 00 000',
    })
    const office = await callerFor('DISPATCHER')
    await office('dispatch.v1.DispatchService/Assign', {
      operationId: randomUUID(), requestId: request.id, technicianId: technician.id, overrideQualification: true,
    })
    const { latitude, longitude } = request.place.point
    await technician('ReportPositions', {
      fixes: [{ point: { latitude: latitude + 0.02, longitude }, accuracyMetres: 15, phoneTime: new Date().toISOString() }],
      sentPhoneTime: new Date().toISOString(),
    })
    await technician('EnRoute', { requestId: request.id })
    await page.goto(`/requests/${request.number}`)
    await enter(page, signIn('CUSTOMER'))
    await page.locator('[data-state="en_route"]').waitFor()
    const chart = page.locator('[data-travel="chart"] svg[role="img"]')
    await chart.waitFor()
    assert.match(await chart.getAttribute('aria-label'), / is [\d.,]+ (km|m) away in a straight line\./)

    // There: no position any more. Done: what was done, and by whom.
    await technician('OnSite', { requestId: request.id })
    await page.locator('[data-state="on_site"]').waitFor()
    assert.equal(await page.locator('[data-tracking]').count(), 0)
    await technician('Complete', { requestId: request.id, outcome: 'OUTCOME_SOLVED', text: 'Byttet matevalser. 🛠️' })
    await page.locator('[data-outcome]').getByText('Byttet matevalser. 🛠️').waitFor()
    await page.locator('[data-visits]').getByText('Solved').waitFor()
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})

test('a change of address keeps what is typed when the session ends', { timeout: 60_000 }, async () => {
  const { context, page } = await newPerson(session.browser, { language: 'en' })
  try {
    const { devices } = await call('portal.v1.PortalService/ListDevices', {})
    await page.goto(`/address/${devices[0].serialNumber}`)
    await enter(page, signIn('CUSTOMER'))
    const field = page.locator('#main input[name="line1"]')
    await field.fill('Et ganske annet sted 7')
    await page.locator('#main input[name="postal_code"]').fill('0150')
    await page.locator('#main input[name="city"]').fill('Oslo')
    await page.locator('#main textarea').fill('Vi flytter.')
    await context.clearCookies()
    await page.locator('#main form:not([role="search"]) button[type="submit"]').last().dispatchEvent('click')
    const dialog = page.getByRole('dialog')
    await dialog.locator('input[autocomplete="current-password"]').fill(signIn('CUSTOMER').password)
    await dialog.locator('button[type="submit"]').click()
    await dialog.waitFor({ state: 'detached' })
    assert.equal(await field.inputValue(), 'Et ganske annet sted 7')
    assert.equal(await page.locator('#main textarea').inputValue(), 'Vi flytter.')
  } finally {
    await context.close()
  }
})

/** The technician's phone: its calls are operations, each with an id. */
async function phone() {
  const { user, password } = signIn('TECHNICIAN')
  const base = process.env.UTSENDT_URL.replace(/\/$/, '')
  let token = ''
  const send = async (method, message) => {
    const response = await fetch(`${base}/utsendt.mobile.v1.MobileService/${method}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Connect-Protocol-Version': '1', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(message),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(`${method}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }
  const answer = await send('SignIn', { userId: user, password, deviceName: 'e2e' })
  token = answer.token
  const now = () => new Date().toISOString()
  const steps = new Set(['SetDuty', 'EnRoute', 'OnSite', 'Complete'])
  const does = (method, message) =>
    send(method, steps.has(method) ? { operation: { id: randomUUID(), phoneTime: now(), sentPhoneTime: now() }, ...message } : message)
  await does('SetDuty', { onDuty: true })
  return Object.assign(does, { id: answer.me.technicianId })
}
