// Devices whose clock is an hour wrong: ages, arrivals and relative times are told by the server's clock.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'
import { endJobs, giveJob } from './jobs.mjs'

let session
before(async () => {
  session = await startBrowser()
  await endJobs()
})
after(async () => {
  await endJobs()
  await session?.close()
})

/** A person whose device is so many milliseconds ahead. */
async function wrong(ahead, options) {
  const person = await newPerson(session.browser, options)
  await person.context.addInitScript((ahead) => {
    const Right = Date
    globalThis.Date = class Date extends Right {
      constructor(...parts) {
        if (parts.length > 0) super(...parts)
        else super(Right.now() + ahead)
      }
      static now() {
        return Right.now() + ahead
      }
    }
  }, ahead)
  return person
}

const hour = 3_600_000
for (const [word, ahead] of [['fast', hour], ['slow', -hour]]) {
  test(`clocks that are an hour ${word} change nothing that is told`, { timeout: 60_000 }, async () => {
    const job = await giveJob()
    const customer = await wrong(ahead)
    const office = await wrong(ahead, { width: 1920 })
    const phone = await wrong(ahead, { width: 390, height: 844 })
    const people = [customer, office, phone]
    try {
      await phone.page.goto('/tech/')
      await enter(phone.page, signIn('TECHNICIAN'))
      await phone.page.locator('[data-notice="clock"]').filter({ hasText: `The clock of this phone is 1 hr ${word}.` }).waitFor()
      await phone.page.locator('[data-position="on"]').filter({ hasText: /sent (now|\d+ (sec|min)\w*\.? ago)/ }).waitFor()
      const begun = Date.now()
      await phone.page.getByRole('button', { name: 'Accept the job', exact: true }).click()
      await phone.page.getByRole('button', { name: 'I am on my way', exact: true }).click()

      // The customer: the position is fresh, and the arrival is no hour away from what the server says.
      await customer.page.goto(`/requests/${job.number}`)
      await enter(customer.page, signIn('CUSTOMER'))
      const tracking = customer.page.locator('[data-tracking]')
      await tracking.locator('[data-stale="false"]').filter({ hasText: /(now|\d+ sec)/ }).waitFor()
      assert.doesNotMatch(await tracking.innerText(), /hr|hour|in \d+ min/, 'the clock of the device shows')
      await customer.page.locator('[data-eta]').waitFor()
      assert.equal(await customer.page.locator('[data-eta] .late').count(), 0, 'the technician is late by the clock of the device')

      // The presses stand where they belong, whatever the phone thinks the time is.
      const { activities } = await job.office('dispatch.v1.DispatchService/GetRequest', { id: job.id })
      for (const kind of ['accepted', 'departed']) {
        const at = Date.parse(activities.find((one) => one.kind === kind).at)
        assert.ok(at > begun - 5000 && at < Date.now() + 5000, `${kind} stands at ${new Date(at).toISOString()}, pressed after ${new Date(begun).toISOString()}`)
      }

      // The board: nobody was last seen an hour ago, and nothing is an hour late.
      await office.page.goto(`/board/?q=${job.number}`)
      await enter(office.page, signIn('DISPATCHER'))
      const row = office.page.locator(`[data-request="${job.number}"]`)
      await row.waitFor()
      const { me } = await (await callerFor('TECHNICIAN'))('mobile.v1.MobileService/GetMe', {})
      const day = office.page.locator(`[data-technician="${me.technicianId}"]`)
      await day.scrollIntoViewIfNeeded()
      await day.locator('.fresh').filter({ hasText: /(now|\d+ seconds? ago)/ }).waitFor()
      for (const one of people) assert.deepEqual(one.complaints, [])
    } finally {
      for (const one of people) await one.context.close()
      await endJobs()
    }
  })
}
