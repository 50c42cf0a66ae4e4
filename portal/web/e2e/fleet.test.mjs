// The office's tables and forms: a device that two change at once, a file with a bad row, a technician who learns something.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'

let session
let call
before(async () => {
  session = await startBrowser()
  call = await callerFor('DISPATCHER')
})
after(() => session?.close())

/** Opens a page of the office. */
async function office(path, role = 'DISPATCHER') {
  const person = await newPerson(session.browser)
  await person.page.goto(path)
  await enter(person.page, signIn(role))
  return person
}

/** The 4xx of a refused change is the browser's to report, and no fault of the page. */
const healthy = (complaints) => assert.deepEqual(complaints.filter((one) => !/status of 4(09|00|12)/.test(one)), [])

test('two change a device: the second is told what the first did, and loses nothing', { timeout: 60_000 }, async () => {
  const { devices } = await call('backoffice.v1.FleetService/ListDevices', { pageSize: 1 })
  const { id, fields } = devices[0]
  const { context, page, complaints } = await office(`/board/devices?q=${fields.serialNumber}`)
  const mine = `E2E ${randomUUID().slice(0, 8)}`
  try {
    await page.locator(`[data-device="${fields.serialNumber}"] th a`).click()
    await page.getByRole('button', { name: 'Edit …' }).click()
    const form = page.locator('form[aria-label="Edit"]')
    await form.locator('[name="friendly_name"]').fill(mine)

    const { device } = await call('backoffice.v1.FleetService/GetDevice', { id })
    await call('backoffice.v1.FleetService/UpdateDevice', { operationId: randomUUID(), id, revision: device.revision, fields: { ...device.fields, friendlyName: 'Somebody else' } })
    await form.getByRole('button', { name: 'Save' }).click()
    await page.locator('[data-stale]').filter({ hasText: 'Somebody else' }).waitFor()
    assert.equal(await form.locator('[name="friendly_name"]').inputValue(), mine)
    await form.getByText('Stored now: Somebody else').waitFor()

    // Saved again it holds, and the trail says whose value stands.
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'detached' })
    const now = await call('backoffice.v1.FleetService/GetDevice', { id })
    assert.equal(now.device.fields.friendlyName, mine)
    const fate = page.locator('[data-change="device.update"] [data-fate]').nth(1)
    await fate.locator('summary').click()
    await fate.locator('[data-stands="false"]').first().waitFor()
    healthy(complaints)
  } finally {
    const { device } = await call('backoffice.v1.FleetService/GetDevice', { id })
    await call('backoffice.v1.FleetService/UpdateDevice', { operationId: randomUUID(), id, revision: device.revision, fields })
    await context.close()
  }
})

test('a technician gets a skill, and is found by it', { timeout: 60_000 }, async () => {
  const { technicians } = await call('backoffice.v1.TechnicianService/ListTechnicians', { pageSize: 1 })
  const { id, fields } = technicians[0]
  const skill = `e2e-${randomUUID().slice(0, 8)}`
  const { context, page, complaints } = await office(`/board/technicians/${id}`)
  try {
    await page.getByRole('button', { name: 'Edit …' }).click()
    const form = page.locator('form[aria-label="Edit"]')
    await form.locator('[name="skills"]').fill(skill)
    await form.locator('[name="skills"]').press('Enter')
    await form.getByRole('button', { name: `Remove ${skill}` }).waitFor()
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'detached' })
    await page.goto(`/board/technicians?skill=${skill}`)
    await page.locator(`[data-technician="${fields.number}"]`).waitFor()
    assert.equal(await page.locator('[data-technician]').count(), 1)
    healthy(complaints)
  } finally {
    const { technician } = await call('backoffice.v1.TechnicianService/GetTechnician', { id })
    await call('backoffice.v1.TechnicianService/UpdateTechnician', { operationId: randomUUID(), id, revision: technician.revision, fields })
    await context.close()
  }
})

test('of a file with a bad row the others are taken, and nothing is by trying it', { timeout: 60_000 }, async () => {
  const number = `E2E-${randomUUID().slice(0, 8)}`
  const file = `number;name;country;language\n${number};E2E Eksempel AS;NO;nb\n${number}-2;E2E Feil AS;Norge;nb\n`
  const { context, page, complaints } = await office('/board/files', 'ADMIN')
  try {
    await page.locator('[name="kind"]').selectOption('accounts')
    await page.locator('input[type="file"]').setInputFiles({ name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(file) })
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.locator('[data-import="dry"]').waitFor()
    // What is refused is shown first, with its column and why.
    const bad = page.locator('[data-outcome="refused"]')
    await bad.filter({ hasText: 'country' }).filter({ hasText: '"Norge" is no country code' }).waitFor()
    assert.equal(await page.locator('tbody tr').count(), 1)
    assert.deepEqual((await call('backoffice.v1.FleetService/ListAccounts', { query: number })).accounts ?? [], [], 'a dry run stored something')

    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the refused (CSV)' }).click()
    assert.equal((await saved).suggestedFilename(), 'customers-refused.csv')

    await page.getByRole('button', { name: 'Import now' }).click()
    await page.locator('[data-import="real"]').waitFor()
    const { accounts } = await call('backoffice.v1.FleetService/ListAccounts', { query: number })
    assert.deepEqual(accounts.map((one) => one.fields.number), [number])
    healthy(complaints)
  } finally {
    const { accounts = [] } = await call('backoffice.v1.FleetService/ListAccounts', { query: number })
    for (const one of accounts) await call('backoffice.v1.FleetService/DeleteItem', { operationId: randomUUID(), kind: 'ITEM_KIND_ACCOUNT', id: one.id })
    await context.close()
  }
})
