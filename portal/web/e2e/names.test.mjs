// Names with emoji and from right to left, from the customer to the office, to the technician and back: unbroken everywhere, and
// no page is wider than a narrow phone for them.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'
import { endJobs } from './jobs.mjs'

const contact = 'ليلى بنت الاختبار 👩🏽‍🔧 Prøvesen'
const friendly = 'طابعة الطابق ٣ 🖨️ (שמאל) Arkivet'
const note = 'تم استبدال البكرات 🛠️ – מוכן. Ferdig ✅'

let session
let call
let device
before(async () => {
  session = await startBrowser()
  call = await callerFor('CUSTOMER')
  await endJobs()
  const { devices } = await call('portal.v1.PortalService/ListDevices', { pageSize: 100 })
  device = devices.find((one) => !one.openRequestNumber)
})
after(async () => {
  await rename(device.friendlyName ?? '')
  await endJobs()
  await session?.close()
})

const rename = (friendlyName) => call('portal.v1.RegistrationService/UpdateRegistration', { operationId: randomUUID(), deviceId: device.id, friendlyName })

/** No page is wider than its window, nor any text wider than the page. */
async function fits(page, what) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.ok(wide <= 0, `${what} is ${wide} px too wide`)
}

/** The text stands whole in one element, which is kept apart from the text around it. */
async function reads(page, text) {
  const place = page.getByText(text).first()
  await place.waitFor()
  const apart = await place.evaluate((element) => {
    const isolated = (one) => one && (one.localName === 'bdi' || one.dir === 'auto' || /isolate|plaintext/.test(getComputedStyle(one).unicodeBidi))
    for (let one = element; one; one = one.parentElement) if (isolated(one)) return true
    return false
  })
  assert.ok(apart, `${text} is not kept apart from what stands around it at ${page.url()}`)
}

test('an emoji and letters from right to left go through all three apps unbroken', { timeout: 90_000 }, async () => {
  const narrow = { width: 320, height: 700 }
  const customer = await newPerson(session.browser, { ...narrow, language: 'nb' })
  const office = await newPerson(session.browser, narrow)
  const technician = await newPerson(session.browser, narrow)
  const phone = technician.page
  const press = (name) => phone.getByRole('button', { name, exact: true }).click()
  try {
    const { page } = customer
    await rename(friendly)
    await page.goto(`/devices/${device.serialNumber}`)
    await enter(page, signIn('CUSTOMER'))
    await page.getByRole('heading', { level: 1, name: friendly }).waitFor()
    await fits(page, "the device's page")
    await page.goto(`/report/${device.serialNumber}`)
    await page.locator('select').selectOption('1')
    await page.locator('textarea').fill(note)
    await page.locator('input[autocomplete="name"]').fill(contact)
    await page.locator('input[type="tel"]').fill('22000000')
    await fits(page, 'the report')
    await page.locator('form button[type="submit"]').last().click()
    await page.waitForURL(/\/requests\//)
    const number = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
    await page.locator('[data-state]').waitFor()
    await reads(page, contact)
    await reads(page, friendly)
    await fits(page, "the request's page")

    await office.page.goto(`/board/?q=${number}`)
    await enter(office.page, signIn('DISPATCHER'))
    await office.page.locator(`[data-request="${number}"] button`).first().click()
    const panel = office.page.locator(`[data-panel="${number}"]`)
    await panel.getByText(contact).waitFor()
    await reads(office.page, contact)
    await panel.getByText(friendly).waitFor()
    await fits(office.page, "the board's request")

    const staff = await callerFor('DISPATCHER')
    const theirs = await callerFor('TECHNICIAN')
    const { me } = await theirs('mobile.v1.MobileService/SetDuty', { operation: { id: randomUUID() }, onDuty: true })
    const { request } = await call('portal.v1.PortalService/GetRequest', { id: number })
    await staff('dispatch.v1.DispatchService/Assign', { operationId: randomUUID(), requestId: request.id, technicianId: me.technicianId, overrideQualification: true })

    await phone.goto('/tech/')
    await enter(phone, signIn('TECHNICIAN'))
    const card = phone.locator(`[data-job="${number}"]`)
    await card.waitFor()
    await reads(phone, friendly)
    await fits(phone, "the phone's jobs")
    await phone.goto(`/tech/jobs/${request.id}`)
    await reads(phone, contact)
    await fits(phone, "the phone's job")
    for (const step of ['Accept the job', 'I am on my way', 'I am there', 'Finish the job']) await press(step)
    await phone.locator('select').selectOption({ label: 'Solved' })
    await phone.locator('textarea').fill(note)
    await phone.getByLabel('Name of who signs').fill(contact)
    await fits(phone, "the phone's form")
    await press('Send and finish')

    await page.locator('[data-state="completed"]').waitFor()
    await page.locator('[data-outcome]').getByText(note).waitFor()
    await page.locator('[data-visits]').getByText(contact).waitFor()
    await reads(page, note)
    await fits(page, "the request's page at its end")
    await phone.goto('/tech/changes')
    await phone.locator('[data-change="sent"]').first().waitFor()
    await fits(phone, "the phone's changes")
    const stored = await call('portal.v1.PortalService/GetRequest', { id: number })
    assert.deepEqual(
      [stored.request.contact.name, stored.request.device.friendlyName, stored.request.description, stored.request.outcome],
      [contact, friendly, note, note],
    )
    for (const one of [customer, office, technician]) assert.deepEqual(one.complaints, [])
  } finally {
    for (const one of [customer, office, technician]) await one.context.close()
  }
})
