// Bad weather: sessions that end in a half-filled form, two tabs of one browser, a full phone, clocks that are an hour wrong.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'
import { endJobs, giveJob } from './jobs.mjs'

let session
let call
before(async () => {
  session = await startBrowser()
  call = await callerFor('CUSTOMER')
  await endJobs()
})
after(async () => {
  await endJobs()
  await session?.close()
})

const other = () => (process.env.UTSENDT_OTHER_CUSTOMER ?? `kunde02:${signIn('CUSTOMER').password}`).split(':')
const cancel = async (requestId) => {
  const office = await callerFor('DISPATCHER')
  await office('dispatch.v1.DispatchService/Cancel', { operationId: randomUUID(), requestId, reason: 'The test is over.' })
}
const devicesOf = async () => (await call('portal.v1.PortalService/ListDevices', { pageSize: 100 })).devices
/** What of a form is sent, and how often: each attempt as its path and body. */
function sent(page, method) {
  const all = []
  page.on('request', (one) => {
    if (one.url().endsWith(`/${method}`)) all.push(one.postData())
  })
  return all
}

/** Sends a form after its session has ended, signs in again in the dialog, and finds the form as it was. */
async function sendAgain(person, button, fields) {
  const { page, context } = person
  const before = await Promise.all(fields.map((one) => one.inputValue()))
  await context.clearCookies()
  // Not by the mouse: the dialog may be there already, because the page asked for something else.
  await button.dispatchEvent('click')
  const dialog = page.getByRole('dialog')
  await dialog.locator('input[autocomplete="current-password"]').fill(signIn('CUSTOMER').password)
  await dialog.locator('button[type="submit"]').click()
  await dialog.waitFor({ state: 'detached' })
  assert.deepEqual(await Promise.all(fields.map((one) => one.inputValue())), before, 'something that was typed is lost')
  await button.click()
}

test('whose session ended in a half-filled form signs in again, and what was typed is what is sent', { timeout: 90_000 }, async () => {
  const person = await newPerson(session.browser)
  const { page, context } = person
  const submit = (name) => page.getByRole('button', { name, exact: true })
  try {
    await page.goto('/')
    await enter(page, signIn('CUSTOMER'))

    // A fault.
    const free = (await devicesOf()).find((one) => !one.openRequestNumber)
    await page.goto(`/report/${free.serialNumber}`)
    await page.locator('select').selectOption('2')
    const text = `Typed before the session ended ${randomUUID()}`
    await page.locator('textarea').fill(text)
    await page.locator('input[type="tel"]').fill('22000000')
    await sendAgain(person, page.locator('#main form.card button[type="submit"]'), [page.locator('select'), page.locator('textarea'), page.locator('input[type="tel"]')])
    await page.waitForURL(/\/requests\//)
    const number = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
    const { request } = await call('portal.v1.PortalService/GetRequest', { id: number })
    assert.deepEqual([request.description, request.contact.phone, request.device.serialNumber], [text, '22000000', free.serialNumber])
    await cancel(request.id)

    // An order.
    let ordered
    for (const one of await devicesOf()) {
      const { supplies = [] } = await call('portal.v1.SupplyService/ListSupplies', { deviceId: one.id })
      if (supplies.length > 0) {
        ordered = one
        break
      }
    }
    await page.goto(`/order/${ordered.serialNumber}`)
    const floor = `${randomUUID().slice(0, 8)}. etasje`
    await page.locator('form .stepper input').first().fill('3')
    await page.locator('input[autocomplete="address-line2"]').fill(floor)
    await sendAgain(person, submit('Send order'), [page.locator('form .stepper input').first(), page.locator('input[autocomplete="address-line2"]')])
    await page.waitForURL(/\/orders\/SO-/)
    const { order } = await call('portal.v1.SupplyService/GetOrder', { id: decodeURIComponent(new URL(page.url()).pathname.split('/').pop()) })
    assert.deepEqual([order.deviceId, order.deliveryAddress.line2, order.lines.map((one) => one.quantity)], [ordered.id, floor, [3]])

    // A reading.
    const { meters } = await call('portal.v1.ReadingService/ListMeters', { pageSize: 50 })
    const meter = meters.find((one) => one.reminders && one.counters.length === one.lastReading?.counters.length)
    await page.goto(`/readings?serial=${encodeURIComponent(meter.serialNumber)}`)
    const inputs = page.locator(`[data-entry="${meter.serialNumber}"] input[inputmode="numeric"]`)
    await inputs.first().waitFor()
    const values = meter.counters.map((counter) => Number(meter.lastReading.counters.find((one) => one.counter === counter)?.value ?? 0) + 11)
    for (const [index, value] of values.entries()) await inputs.nth(index).fill(String(value))
    await sendAgain(person, submit('Send in'), await inputs.all())
    await page.locator(`[data-entry="${meter.serialNumber}"][data-outcome="kept"]`).waitFor()
    const again = (await call('portal.v1.ReadingService/ListMeters', { pageSize: 50 })).meters.find((one) => one.deviceId === meter.deviceId)
    assert.deepEqual(meter.counters.map((counter) => Number(again.lastReading.counters.find((one) => one.counter === counter).value)), values)

    // A registration, of a device that was taken off the list.
    const own = (await devicesOf()).findLast((one) => !one.openRequestNumber)
    await call('portal.v1.RegistrationService/Deregister', { operationId: randomUUID(), deviceIds: [own.id] })
    await page.goto('/register')
    await page.locator('input[name="serial_number"]').fill(own.serialNumber)
    await page.locator('input[name="postal_code"]').fill(own.place.postalCode)
    await sendAgain(person, submit('Register the device'), [page.locator('input[name="serial_number"]'), page.locator('input[name="postal_code"]')])
    await page.getByRole('heading', { name: 'The device is registered' }).waitFor()
    assert.ok((await devicesOf()).some((one) => one.id === own.id))
  } finally {
    await context.close()
  }
})

test('two tabs are one person: who signs out in one is out in both, and nobody sees or sends in another name', { timeout: 60_000 }, async () => {
  const { context, page: first } = await newPerson(session.browser)
  const second = await context.newPage()
  const secret = `Nobody else reads this ${randomUUID()}`
  const [user, ...password] = other()
  try {
    const mine = (await devicesOf()).find((one) => !one.openRequestNumber)
    await first.goto(`/report/${mine.serialNumber}`)
    await enter(first, signIn('CUSTOMER'))
    await first.locator('textarea').fill(secret)
    await second.goto('/account')
    await second.getByRole('button', { name: 'Sign out' }).first().waitFor()

    // The session ends; signing in again in one tab lets the other go on, with what was typed.
    await first.locator('select').selectOption('2')
    await first.locator('input[type="tel"]').fill('22000000')
    await context.clearCookies()
    await first.locator('#main form.card button[type="submit"]').dispatchEvent('click')
    await first.getByRole('dialog').waitFor()
    await second.reload()
    await enter(second, signIn('CUSTOMER'))
    await first.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal(await first.locator('textarea').inputValue(), secret)

    // It ends once more, and somebody else signs in: the first tab becomes theirs too, without a word of the former's.
    const opened = sent(first, 'OpenRequest')
    await context.clearCookies()
    await second.reload()
    await enter(second, { user, password: password.join(':') })
    await first.waitForFunction((text) => !document.documentElement.innerHTML.includes(text) && document.querySelector('#main h1'), secret)
    assert.ok(!(await first.locator('textarea').count()) || (await first.locator('textarea').inputValue()) !== secret, 'a draft went to somebody else')
    assert.ok(!(await first.evaluate(() => JSON.stringify({ ...sessionStorage }))).includes(secret), 'a draft is kept for somebody else')
    await first.goto('/account')
    await first.getByText(user, { exact: true }).first().waitFor()
    assert.deepEqual(opened, [])

    // Signing out in one is signing out in both.
    await second.goto('/account')
    await second.getByRole('button', { name: 'Sign out' }).first().click()
    // It may be asked to sign in over the page first: what it showed must go.
    for (const tab of [first, second]) {
      await tab.locator('#main').waitFor({ state: 'detached' })
      await tab.locator('input[autocomplete="current-password"]').waitFor()
      await tab.waitForLoadState('networkidle') // a page that is being loaded holds up the end of its browser
    }
  } finally {
    await context.close()
  }
})

test('a phone in two tabs shows each press in both, and sends it once', { timeout: 60_000 }, async () => {
  const job = await giveJob()
  const { context, page: first } = await newPerson(session.browser, { width: 390, height: 844 })
  const second = await context.newPage()
  try {
    const calls = [first, second].flatMap((page) => ['Accept', 'EnRoute'].map((method) => sent(page, method)))
    await first.goto('/tech/')
    await enter(first, signIn('TECHNICIAN'))
    await second.goto('/tech/')
    const cards = [first, second].map((page) => page.locator(`[data-job="${job.number}"]`))
    for (const one of cards) await one.waitFor()
    await context.setOffline(true)
    await first.getByRole('button', { name: 'Accept the job', exact: true }).click()
    await cards[1].locator('[data-waiting="1"]').waitFor()
    await second.getByRole('button', { name: 'I am on my way', exact: true }).click()
    await cards[0].locator('[data-waiting="2"]').waitFor()
    const before = calls.map((one) => one.length)
    await context.setOffline(false)
    for (const page of [first, second]) {
      await page.getByRole('button', { name: 'I am there', exact: true }).waitFor()
      await page.locator('[data-notice="unsent"]').waitFor({ state: 'detached' })
    }
    const after = calls.reduce((sum, one, index) => sum + one.length - before[index], 0)
    assert.equal(after, 2, 'two presses, sent once each')
    const { activities } = await job.office('dispatch.v1.DispatchService/GetRequest', { id: job.id })
    assert.deepEqual(activities.map((one) => one.kind).filter((kind) => ['accepted', 'departed', 'overtaken'].includes(kind)), ['accepted', 'departed'])
  } finally {
    await context.close()
    await cancel(job.id)
  }
})

test('a full phone says so, goes on from memory, and sends', { timeout: 60_000 }, async () => {
  const job = await giveJob()
  const { context, page } = await newPerson(session.browser, { width: 390, height: 844 })
  try {
    await page.goto('/tech/')
    await enter(page, signIn('TECHNICIAN'))
    const card = page.locator(`[data-job="${job.number}"]`)
    await card.waitFor()
    await context.setOffline(true)
    await page.evaluate(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('The disk is full.', 'QuotaExceededError')
      }
    })
    await page.getByRole('button', { name: 'Accept the job', exact: true }).click()
    await card.locator('[data-waiting="1"]').waitFor()
    await page.locator('[data-notice="full"]').waitFor()
    await page.getByRole('button', { name: 'I am on my way', exact: true }).click()
    await card.locator('[data-waiting="2"]').waitFor()
    await context.setOffline(false)
    await page.getByRole('button', { name: 'I am there', exact: true }).waitFor()
    await page.locator('[data-notice="unsent"]').waitFor({ state: 'detached' })
    const { activities } = await job.office('dispatch.v1.DispatchService/GetRequest', { id: job.id })
    assert.deepEqual(activities.map((one) => one.kind).filter((kind) => ['accepted', 'departed', 'overtaken'].includes(kind)), ['accepted', 'departed'])
  } finally {
    await context.close()
    await cancel(job.id)
  }
})
