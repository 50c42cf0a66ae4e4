// The technician's phone in a cellar: what is done without cover is kept, sent once and in order, and what came of it is told.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'
import { endJobs, giveJob } from './jobs.mjs'
import { draw } from './phone.mjs'

const picture = fileURLToPath(new URL('../public/icon-512.png', import.meta.url))
let session
before(async () => {
  session = await startBrowser()
})
beforeEach(endJobs)
after(async () => {
  await endJobs()
  await session?.close()
})

/** A technician's phone with the app on it and the job in it. */
async function phoneWith(job, prepare = async () => {}) {
  const phone = await newPerson(session.browser, { width: 390, height: 844 })
  await prepare(phone)
  const { page } = phone
  await page.goto('/tech/')
  await enter(page, signIn('TECHNICIAN'))
  await page.locator(`[data-job="${job.number}"]`).waitFor()
  return phone
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click()

/** The browser ends the page without a word; the next one is opened from nothing. */
async function killed(phone) {
  await phone.page.close()
  phone.page = await phone.context.newPage()
  await phone.page.goto('/tech/')
  return phone.page
}

test('a whole visit without cover, from a cold start, arrives once and in order', { timeout: 90_000 }, async () => {
  const job = await giveJob()
  const phone = await phoneWith(job)
  try {
    let { page } = phone
    await page.goto(`/tech/jobs/${job.id}`)
    await page.getByRole('heading', { name: 'Earlier faults' }).waitFor()
    await page.goto('/tech/phone')
    await page.locator('[data-shell="kept"]').waitFor({ timeout: 30_000 })
    await page.locator('[data-store="kept"]').waitFor()

    await phone.context.setOffline(true)
    page = await killed(phone)
    const card = page.locator(`[data-job="${job.number}"]`)
    await card.waitFor()
    await page.locator('[data-line="offline"]').waitFor()
    await press(page, 'Accept the job')
    await card.locator('[data-waiting="1"]').waitFor()
    await press(page, 'I am on my way')
    await press(page, 'I am there')
    await card.locator('[data-waiting="3"]').waitFor()
    await press(page, 'Finish the job')
    await page.locator('select').selectOption({ label: 'Solved' })
    await page.locator('textarea').fill('Byttet matevalser i kjelleren.')
    await page.locator('[data-camera]').setInputFiles(picture)
    await page.locator('[data-file="draft"] img').waitFor()
    await page.getByLabel('Name of who signs').fill('Testa Prøvesen')

    // What is typed is on the phone before it is sent.
    await page.getByText('What you type is kept on this phone.').waitFor()
    await page.locator('#main a[href^="/tech/jobs/"]').first().click()
    page = await killed(phone)
    await page.goto(`/tech/jobs/${job.id}/finish`)
    assert.equal(await page.locator('textarea').inputValue(), 'Byttet matevalser i kjelleren.')
    await page.locator('[data-file="draft"] img').first().waitFor()
    await draw(page) // and does not press "keep"
    await press(page, 'Send and finish')
    await page.locator(`[data-over="${job.number}"] [data-waiting="4"]`).waitFor()

    page = await killed(phone)
    await page.locator(`[data-over="${job.number}"] [data-waiting="4"]`).waitFor()
    await phone.context.setOffline(false)
    await page.locator(`[data-over]`).waitFor({ state: 'detached' })
    await page.locator('[data-notice="unsent"]').waitFor({ state: 'detached' })
    await page.goto('/tech/changes')
    await page.locator('[data-file-state="sent"]').nth(1).waitFor()
    assert.deepEqual(
      await page.locator('[data-change="sent"]').evaluateAll((all) => all.slice(0, 4).map((one) => one.dataset.step)),
      ['complete', 'arrive', 'depart', 'accept'],
    )
    const { activities } = await job.office('dispatch.v1.DispatchService/GetRequest', { id: job.id })
    const steps = activities.map((one) => one.kind).filter((kind) => ['accepted', 'departed', 'arrived', 'completed', 'overtaken'].includes(kind))
    assert.deepEqual(steps, ['accepted', 'departed', 'arrived', 'completed'])
  } finally {
    await phone.context.close()
  }
})

test('what the office did meanwhile is told, and holds nothing up', { timeout: 60_000 }, async () => {
  const job = await giveJob()
  const phone = await phoneWith(job)
  try {
    const { page, context } = phone
    await context.setOffline(true)
    await press(page, 'Accept the job')
    await press(page, 'I am on my way')
    await page.locator('[data-waiting="2"]').waitFor()
    await job.office('dispatch.v1.DispatchService/Recall', { operationId: randomUUID(), requestId: job.id, reason: 'Kunden ringte.' })
    await context.setOffline(false)
    const news = page.locator('[data-notice="refused"]')
    await news.getByText('Not taken: Accept the job, I am on my way').waitFor()
    await news.getByText('The office took the job back').waitFor()
    await page.locator(`[data-job="${job.number}"]`).waitFor({ state: 'detached' })
    await press(news, 'Understood')
    await news.waitFor({ state: 'detached' })
    await page.goto('/tech/changes')
    await page.locator('[data-change="refused"]').nth(1).waitFor() // they are read from the phone's store
    assert.equal(await page.locator('[data-change="refused"]').count(), 2)
    await job.office('dispatch.v1.DispatchService/Cancel', { operationId: randomUUID(), requestId: job.id, reason: 'The test is over.' })
  } finally {
    await phone.context.close()
  }
})

test('without storage and without a position the work goes on, and the phone says so', { timeout: 60_000 }, async () => {
  const job = await giveJob()
  const phone = await phoneWith(job, async ({ context }) => {
    await context.clearPermissions()
    await context.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('The browser keeps nothing.', 'SecurityError')
      }
      navigator.geolocation.getCurrentPosition = (_, refused) => setTimeout(() => refused({ code: 1, message: 'User denied Geolocation' }))
    })
  })
  try {
    const { page } = phone
    await page.locator('[data-notice="memory"]').waitFor()
    await page.locator('[data-position="denied"]').waitFor()
    await press(page, 'Accept the job')
    await page.getByRole('button', { name: 'I am on my way' }).waitFor()
    await page.getByRole('link', { name: 'How to turn it on' }).click()
    await page.getByText('To turn it on:').waitFor()
    await page.locator('[data-store="memory"]').waitFor()
  } finally {
    await phone.context.close()
  }
})

test('whose session has ended signs in again and goes on; somebody else sends nothing of theirs', { timeout: 90_000 }, async () => {
  const job = await giveJob()
  const phone = await phoneWith(job)
  const dialog = phone.page.getByRole('dialog')
  const signInAs = async (user, password) => {
    const form = phone.page.locator('form').filter({ has: phone.page.locator('input[autocomplete="current-password"]') })
    await form.locator('input[autocomplete="username"]').fill(user)
    await form.locator('input[autocomplete="current-password"]').fill(password)
    await form.locator('button[type="submit"]').click()
  }
  const accepted = async () => {
    const { activities } = await job.office('dispatch.v1.DispatchService/GetRequest', { id: job.id })
    return activities.filter((one) => one.kind === 'accepted').length
  }
  try {
    const { page, context } = phone
    const { user, password } = signIn('TECHNICIAN')
    await context.setOffline(true)
    await press(page, 'Accept the job')
    await page.locator('[data-waiting="1"]').waitFor()
    await context.clearCookies()
    await context.setOffline(false)
    await dialog.waitFor()
    const other = (process.env.UTSENDT_OTHER_TECHNICIAN ?? `tekniker02:${password}`).split(':')
    await signInAs(other[0], other.slice(1).join(':'))
    await page.locator(`[data-job="${job.number}"]`).waitFor({ state: 'detached' })
    await page.locator('[data-line="live"]').waitFor()
    await page.goto('/tech/changes')
    await page.getByText('Nothing yet.').waitFor()
    assert.equal(await accepted(), 0)

    await page.goto('/tech/phone')
    await press(page, 'Sign out')
    await page.locator('input[autocomplete="current-password"]').waitFor()
    await signInAs(user, password)
    await page.locator(`[data-job="${job.number}"]`).getByRole('button', { name: 'I am on my way' }).waitFor()
    await page.locator('[data-notice="unsent"]').waitFor({ state: 'detached' })
    assert.equal(await accepted(), 1)
  } finally {
    await phone.context.close()
  }
})

test('a phone that knows nothing yet offers no duty to press, and shows what was done on another one', { timeout: 60_000 }, async () => {
  const job = await giveJob()
  await job.technician('mobile.v1.MobileService/Accept', { operation: { id: randomUUID() }, requestId: job.id })
  const phone = await newPerson(session.browser, { width: 390, height: 844 })
  let answer
  const held = new Promise((resolve) => (answer = resolve))
  try {
    const { page } = phone
    await page.route('**/WatchJobs', async (route) => {
      await held
      await route.continue()
    })
    await page.goto('/tech/')
    await enter(page, signIn('TECHNICIAN'))
    const duty = page.locator('[data-duty]')
    await page.locator('[data-duty="unknown"]').waitFor()
    assert.equal(await duty.getByRole('button').count(), 0, 'something can be pressed before it is known what it means')
    answer()
    await page.locator('[data-duty="on"]').getByRole('button', { name: 'Go off duty' }).waitFor()
    await page.getByRole('link', { name: 'Changes' }).first().click()
    await page.locator('[data-record="sent"][data-step="accept"]').filter({ hasText: job.number }).waitFor()
  } finally {
    answer()
    await phone.context.close()
  }
})
