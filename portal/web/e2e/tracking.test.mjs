// Somebody without an account follows a request by a link, until it is taken back.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'

let session
before(async () => {
  session = await startBrowser()
})
after(() => session?.close())

const operation = () => {
  const now = new Date().toISOString()
  return { id: randomUUID(), phoneTime: now, sentPhoneTime: now }
}

test('the person at the door follows a request live, until the link is taken back', { timeout: 120_000 }, async () => {
  const [ours, office, phone] = [await callerFor('CUSTOMER'), await callerFor('DISPATCHER'), await callerFor('TECHNICIAN')]
  const { me } = await phone('mobile.v1.MobileService/SetDuty', { operation: operation(), onDuty: true })
  const { devices } = await ours('portal.v1.PortalService/ListDevices', { pageSize: 100 })
  const device = devices.findLast((one) => !one.openRequestId)
  const { request } = await ours('portal.v1.PortalService/OpenRequest', {
    operationId: randomUUID(), deviceId: device.id, category: 'FAULT_CATEGORY_NOISE', description: 'Den hviner hemmelig.',
  })
  const requestId = request.id
  const customer = await newPerson(session.browser, { language: 'nb' })
  const door = await newPerson(session.browser, { language: 'nb', width: 390, height: 844 })
  try {
    await customer.page.goto(`/requests/${request.number}`)
    await enter(customer.page, signIn('CUSTOMER'))
    const sharing = customer.page.locator('[data-sharing]')
    await sharing.locator('select').selectOption('1')
    await sharing.getByRole('button', { name: 'Lag en lenke' }).click()
    const link = await sharing.getByLabel('Lenken', { exact: true }).inputValue()
    assert.match(link, /\/follow#1\./)
    await sharing.getByText('Ikke åpnet ennå').waitFor()

    // No account, no cookie, no sign-in.
    const asked = []
    door.page.on('request', (one) => asked.push(one.url() + (one.headers().referer ?? '')))
    const url = new URL(link)
    await door.page.goto(url.pathname + url.hash)
    const stands = (state) => door.page.locator(`[data-state="${state}"]`).waitFor()
    await stands('to_be_scheduled')
    assert.equal(await door.page.locator('meta[name="robots"]').getAttribute('content'), 'noindex, nofollow')
    await office('dispatch.v1.DispatchService/Assign', { operationId: randomUUID(), requestId, technicianId: me.technicianId, overrideQualification: true })
    await stands('dispatched')
    await phone('mobile.v1.MobileService/EnRoute', { operation: operation(), requestId })
    await stands('en_route')
    const now = new Date().toISOString()
    await phone('mobile.v1.MobileService/ReportPositions', {
      sentPhoneTime: now, fixes: [{ point: { latitude: 59.9139, longitude: 10.7522 }, accuracyMetres: 10, phoneTime: now }],
    })
    await door.page.locator('[data-stale="false"]').waitFor()
    await door.page.getByText('Adressen følger ikke med denne lenken.', { exact: false }).waitFor()
    await phone('mobile.v1.MobileService/OnSite', { operation: operation(), requestId })
    await stands('on_site')
    assert.equal(await door.page.locator('[data-stale]').count(), 0, 'the position is shown after the arrival')
    const seen = await door.page.locator('#main').innerText()
    for (const secret of ['hemmelig', device.serialNumber, device.place.line1]) assert.ok(!seen.includes(secret), `${secret} is shown`)
    assert.ok(!asked.some((one) => one.includes(url.hash.slice(1))), 'the token is in an address or a referrer')

    await sharing.getByRole('button', { name: /^Trekk tilbake/ }).click()
    await customer.page.getByRole('dialog').getByRole('button', { name: 'Trekk tilbake' }).click()
    await door.page.locator('[data-gone]').waitFor()
    await door.page.getByRole('heading', { level: 1, name: 'Denne lenken virker ikke lenger' }).waitFor()
    await sharing.getByText('1 lenke som ikke virker lenger').waitFor()
    for (const one of [customer, door]) assert.deepEqual(one.complaints, [])
  } finally {
    for (const one of [customer, door]) await one.context.close()
    await office('dispatch.v1.DispatchService/Cancel', { operationId: randomUUID(), requestId, reason: 'Prøve' })
    await phone('mobile.v1.MobileService/SetDuty', { operation: operation(), onDuty: false })
  }
})

test('a link that is none is told kindly, without a word about signing in first', { timeout: 60_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser)
  try {
    await page.goto('/follow')
    await page.getByRole('heading', { level: 1, name: 'There is no visit in this link' }).waitFor()
    await page.evaluate(() => { location.hash = '1.AAAA.AAAA' })
    await page.getByRole('heading', { level: 1, name: 'This link no longer works' }).waitFor()
    assert.equal(await page.locator('input').count(), 0)
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})
