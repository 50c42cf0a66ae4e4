// Supplies, help, and what a customer tells about a fault: each from the home page to its end.
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

/** A picture of so many pixels, made by the browser. */
async function picture(page, width, height) {
  const bytes = await page.evaluate(
    async ([w, h]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h })
      const context = canvas.getContext('2d')
      context.fillStyle = 'teal'
      context.fillRect(0, 0, w, h / 2)
      const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg'))
      return [...new Uint8Array(await blob.arrayBuffer())]
    },
    [width, height],
  )
  return { name: 'fault.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(bytes) }
}

test('toner is ordered once, confirmed by number, and tracked only when it is shipped', { timeout: 120_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser, { language: 'nb' })
  try {
    await page.goto('/')
    await enter(page, signIn('CUSTOMER'))
    await page.getByRole('link', { name: 'Bestill toner og forbruksvarer' }).click()
    const offers = page.locator('#main a[href^="/order/"]')
    await offers.first().waitFor()
    // The first printer whose contract includes something.
    const hrefs = await offers.evaluateAll((links) => links.map((one) => one.getAttribute('href')))
    let chosen
    for (const href of hrefs) {
      await page.goto(href)
      await page.locator('#main section.card').first().waitFor()
      if (await page.locator('form .stepper').count()) {
        chosen = href
        break
      }
    }
    assert.ok(chosen, 'no printer has anything to order')
    await page.getByText('kan ikke kanselleres eller endres').waitFor()
    // Nothing chosen: nothing is sent.
    await page.getByRole('button', { name: 'Send bestilling' }).click()
    await page.getByText('Velg antall av minst én vare.').waitFor()
    const line2 = `${randomUUID().slice(0, 4)}. etasje`
    await page.locator('input[autocomplete="address-line2"]').fill(line2)
    await page.locator('form .stepper input').first().fill('11')
    await page.getByRole('button', { name: 'Send bestilling' }).click()
    await page.getByText('Skriv et helt tall fra 0 til 10.').waitFor()
    await page.locator('form .stepper input').first().fill('2')
    await page.reload()
    await page.locator('form .stepper').first().waitFor()
    assert.equal(await page.locator('form .stepper input').first().inputValue(), '2', 'the draft is gone after a reload')
    assert.equal(await page.locator('input[autocomplete="address-line2"]').inputValue(), line2)
    await page.getByRole('button', { name: 'Send bestilling' }).dblclick()
    await page.waitForURL(/\/orders\/SO-/)
    const number = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
    await page.getByText('Ordrebekreftelsesnummeret er').waitFor()
    await page.getByText(line2).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Spor ordre' }).count(), 0, 'it can be tracked before it is shipped')

    // Shipped by the office: the link is there. The double click made one order, and the address stayed.
    const office = await callerFor('DISPATCHER')
    const customer = await callerFor('CUSTOMER')
    const { order } = await customer('portal.v1.SupplyService/GetOrder', { id: number })
    const { orders } = await customer('portal.v1.SupplyService/ListOrders', { deviceId: order.deviceId, states: ['ORDER_STATE_PLACED'] })
    assert.equal(orders.filter((one) => one.deliveryAddress.line2 === line2).length, 1)
    const offer = await customer('portal.v1.SupplyService/ListSupplies', { deviceId: order.deviceId })
    assert.equal(offer.deliveryAddress.line2, line2)
    const picked = await office('backoffice.v1.OrderService/PickOrder', { operationId: randomUUID(), orderId: order.id, expectedVersion: order.version })
    await office('backoffice.v1.OrderService/ShipOrder', {
      operationId: randomUUID(), orderId: order.id, expectedVersion: picked.order.version, carrier: 'Eksempelpost', trackingNumber: 'DEMO1',
    })
    await page.goto(`/orders/${number}`)
    await page.getByText('DEMO1').waitFor()
    await page.goto('/orders')
    await page.getByRole('link', { name: number, exact: true }).waitFor()
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})

test('a fault is reported with a photo and an article beside it, and added to until a technician is sent', { timeout: 120_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser, { language: 'nb' })
  try {
    await page.goto('/devices')
    await enter(page, signIn('CUSTOMER'))
    const call = await callerFor('CUSTOMER')
    const { devices } = await call('portal.v1.PortalService/ListDevices', { pageSize: 100 })
    const free = devices.find((one) => !one.openRequestNumber)
    await page.goto(`/report/${encodeURIComponent(free.serialNumber)}`)
    await page.locator('select').selectOption('1')
    await page.locator('textarea').first().fill('Papirstopp i magasin 2')
    // An article opens beside the draft.
    await page.getByText('Kanskje hjelper dette').waitFor()
    await page.getByRole('button', { name: /Papirstopp/ }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Lukk' }).click()
    assert.equal(await page.locator('textarea').first().inputValue(), 'Papirstopp i magasin 2')
    await page.setInputFiles('[data-photos]', await picture(page, 3000, 1500))
    await page.getByText('Lastet opp').waitFor()
    await page.locator('input[name="where"]').nth(1).check()
    await page.locator('form button[type="submit"]').click()
    await page.getByText('Dette må fylles ut.').first().waitFor()
    await page.locator('input[autocomplete="address-line1"]').fill('Prøvegata 7')
    await page.locator('input[autocomplete="postal-code"]').fill('0150')
    await page.locator('input[autocomplete="address-level2"]').fill('Oslo')
    await page.locator('form button[type="submit"]').click()
    await page.waitForURL(/\/requests\/SR-/)
    const number = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
    await page.getByText('Prøvegata 7').waitFor()
    const { request, photos } = await call('portal.v1.PortalService/GetRequest', { id: number })
    assert.equal(photos.length, 1)
    assert.equal(Math.max(photos[0].width, photos[0].height), 2000, 'the photo was not scaled down before it was sent')

    // The photo in full, and back.
    await page.getByRole('button', { name: /Vis bilde 1/ }).click()
    await page.getByRole('dialog').locator('img').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Oppdater' }).click()
    await page.locator('textarea').fill('Nå piper den også.')
    await page.locator('form').filter({ has: page.locator('textarea') }).locator('button[type="submit"]').click()
    await page.locator('ol').getByText('Nå piper den også.').waitFor()
    // Cancelling is by phone.
    assert.match(await page.locator('a[href^="tel:"]').first().getAttribute('href'), /^tel:\+?\d+$/)

    const office = await callerFor('DISPATCHER')
    await office('dispatch.v1.DispatchService/Cancel', { operationId: randomUUID(), requestId: request.id, expectedVersion: (await call('portal.v1.PortalService/GetRequest', { id: number })).request.version, reason: 'Prøve.' })
    await page.locator('[data-state="cancelled"]').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Oppdater' }).count(), 0)
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})

test('help begins with the own country, and an article is found and read', { timeout: 60_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser, { language: 'nb', width: 390 })
  try {
    await page.goto('/help')
    await enter(page, signIn('CUSTOMER'))
    await page.getByRole('heading', { name: 'Kundestøtte i Norge' }).waitFor()
    assert.equal(await page.locator('section li a[href^="tel:"]').count(), 20)
    await page.locator('input[type="search"]').fill('papirstopp')
    await page.waitForURL(/\?q=papirstopp/)
    await page.getByRole('link', { name: /^Papirstopp/ }).click()
    await page.locator('article').getByText('papir').first().waitFor()
    await page.goBack()
    assert.equal(await page.locator('input[type="search"]').inputValue(), 'papirstopp')
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})
