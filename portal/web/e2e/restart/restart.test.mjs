// The server goes away under open pages, and comes back at the same address: they say so, and recover untouched.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { enter, newPerson, signIn, startBrowser } from '../browser.mjs'
import { endJobs, giveJob } from '../jobs.mjs'

let session
before(async () => {
  session = await startBrowser()
})
after(() => session?.close())

/** Asks whoever runs the server to stop, kill or start it, and waits until that is done. */
async function server(order) {
  const response = await fetch(`${process.env.UTSENDT_CONTROL}/${order}`, { method: 'POST' })
  assert.ok(response.ok)
}

test('a request, the board and a phone outlive a server that is stopped, and one that is killed', { timeout: 180_000 }, async () => {
  const job = await giveJob()
  const customer = await newPerson(session.browser)
  const office = await newPerson(session.browser)
  const phone = await newPerson(session.browser, { width: 390, height: 844 })
  const people = [customer, office, phone]
  try {
    await customer.page.goto(`/requests/${job.number}`)
    await enter(customer.page, signIn('CUSTOMER'))
    await office.page.goto(`/board/?q=${job.number}`)
    await enter(office.page, signIn('DISPATCHER'))
    await phone.page.goto('/tech/')
    await enter(phone.page, signIn('TECHNICIAN'))
    const card = phone.page.locator(`[data-job="${job.number}"]`)
    await card.waitFor()
    for (const { page } of people) {
      await page.locator('[data-line="live"]').first().waitFor()
      await page.evaluate(() => (window.sinceOpened = true))
    }
    for (const [order, press, next, state] of [
      ['stop', 'Accept the job', 'I am on my way', 'dispatched'],
      ['kill', 'I am on my way', 'I am there', 'en_route'],
    ]) {
      await server(order)
      for (const { page } of people) await page.locator('[data-line="reconnecting"]').first().waitFor()
      await customer.page.locator('[data-connection="unreachable"]').filter({ hasText: 'The server cannot be reached just now.' }).waitFor()
      // What was known stays, and what is pressed waits.
      await customer.page.locator('[data-state="dispatched"]').waitFor()
      await office.page.locator(`[data-request="${job.number}"]`).waitFor()
      await phone.page.getByRole('button', { name: press, exact: true }).click()
      await card.locator('[data-waiting="1"]').waitFor()

      await server('start')
      for (const { page } of people) await page.locator('[data-line="live"]').first().waitFor({ timeout: 60_000 })
      await customer.page.locator('[data-connection="fine"]').waitFor({ state: 'attached' })
      await phone.page.getByRole('button', { name: next, exact: true }).waitFor()
      await card.locator('[data-waiting]').waitFor({ state: 'detached', timeout: 60_000 })
      await customer.page.locator(`[data-state="${state}"]`).waitFor()
    }
    await office.page.locator(`[data-request="${job.number}"]`).getByText('En route', { exact: true }).waitFor()
    for (const { page } of people) assert.ok(await page.evaluate(() => window.sinceOpened), 'a page was loaded again')
    const { activities } = await job.office('dispatch.v1.DispatchService/GetRequest', { id: job.id })
    assert.deepEqual(activities.map((one) => one.kind).filter((kind) => ['accepted', 'departed', 'overtaken'].includes(kind)), ['accepted', 'departed'])
    // That the server was away the browser reports; that a page could not bear it would be a fault.
    for (const one of people) assert.deepEqual(one.complaints.filter((each) => each.startsWith('thrown')), [])
  } finally {
    for (const one of people) await one.context.close()
    await endJobs()
  }
})
