// One fault from the customer's click to the end, with three people at their own pages.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'

let session
before(async () => {
  session = await startBrowser()
})
after(() => session?.close())

test('a wrong password gets one message and no way in', { timeout: 60_000 }, async () => {
  const { context, page } = await newPerson(session.browser)
  try {
    await page.goto('/')
    await page.locator('input[autocomplete="username"]').fill(signIn('CUSTOMER').user)
    await page.locator('input[autocomplete="current-password"]').fill('not the password')
    await page.locator('form button[type="submit"]').click()
    await page.getByRole('alert').filter({ hasText: 'The user ID or the password is wrong.' }).waitFor()
    assert.equal(await page.locator('#main').count(), 0)
  } finally {
    await context.close()
  }
})

test('a request goes from the click to the end, and the open pages follow', { timeout: 240_000 }, async () => {
  const customer = await newPerson(session.browser, { language: 'nb' })
  const list = await newPerson(session.browser, { language: 'en' })
  const office = await newPerson(session.browser)
  const technician = await newPerson(session.browser, { width: 390, height: 844 })
  const people = [customer, list, office, technician]
  try {
    await technician.page.goto('/tech/')
    await enter(technician.page, signIn('TECHNICIAN'))
    await technician.page.locator('[data-position]').waitFor()
    if (await technician.page.getByRole('button', { name: 'Go on duty' }).count()) {
      await technician.page.getByRole('button', { name: 'Go on duty' }).click()
    }
    await technician.page.locator('[data-position="on"]').waitFor()

    await list.page.goto('/requests')
    await enter(list.page, signIn('CUSTOMER'))
    await customer.page.goto('/devices')
    await enter(customer.page, signIn('CUSTOMER'))

    // Reports a fault with a double click: one request.
    await customer.page.locator('#main a[href^="/report/"]').first().click()
    const page = customer.page
    await page.locator('select').selectOption('1')
    await page.locator('textarea').fill('Papiret krøller seg i magasin 2.')
    await page.locator('input[type="tel"]').fill('22000000')
    await page.locator('form button[type="submit"]').dblclick()
    await page.waitForURL(/\/requests\//)
    const number = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
    const stands = (state) => page.locator(`[data-state="${state}"]`).waitFor()
    const listed = async (word) => {
      await list.page.locator(`[data-request="${number}"]`).getByText(word, { exact: true }).last().waitFor()
    }
    await stands('to_be_scheduled')
    await listed('To be scheduled')

    // The office gives it to the technician.
    await office.page.goto(`/board/?q=${number}`)
    await enter(office.page, signIn('DISPATCHER'))
    await office.page.locator(`[data-request="${number}"] button`).click()
    const name = process.env.UTSENDT_TECHNICIAN_NAME
    if (name) await office.page.getByRole('button', { name: `Give it to ${name}` }).click()
    else await office.page.getByRole('button', { name: 'Assign the best' }).click()
    await stands('dispatched')
    await listed('Dispatched')

    // The technician takes it to its end.
    const job = technician.page.locator(`[data-job="${number}"]`)
    await job.getByRole('link').first().click()
    await technician.page.waitForURL(/\/tech\/jobs\//)
    const accept = job.getByRole('button', { name: 'Accept the job' })
    await job.getByRole('button', { name: /^(Accept the job|I am on my way)$/ }).waitFor()
    if (await accept.count()) await accept.click()
    await job.getByRole('button', { name: 'I am on my way' }).click()
    await stands('en_route')
    await page.locator('[data-stale="false"]').waitFor()
    await job.getByRole('button', { name: 'I am there' }).click()
    await stands('on_site')
    assert.equal(await page.locator('[data-stale]').count(), 0, 'the position is shown after the arrival')
    await job.getByRole('button', { name: 'Finish the job' }).click()
    await job.locator('select').selectOption({ label: 'Solved' })
    await job.locator('textarea').fill('Byttet matevalser.')
    await job.getByRole('button', { name: 'Send and finish' }).click()
    await stands('completed')
    await page.getByText('Byttet matevalser.').first().waitFor()
    await list.page.locator(`[data-request="${number}"]`).waitFor({ state: 'detached' })

    for (const one of people) assert.deepEqual(one.complaints, [])
  } finally {
    for (const one of people) await one.context.close()
  }
})

test('a lost connection is shown, and so is its return', { timeout: 120_000 }, async () => {
  const { context, page } = await newPerson(session.browser)
  try {
    await page.goto('/requests')
    await enter(page, signIn('CUSTOMER'))
    await page.locator('[data-line="live"]').waitFor()
    await page.locator('#main a[href^="/requests/"]').first().waitFor()
    await context.setOffline(true)
    await page.locator('[data-line="offline"]').waitFor()
    await context.setOffline(false)
    await page.locator('[data-line="live"]').waitFor()
  } finally {
    await context.close()
  }
})

test('an ended session asks to sign in again and keeps what is typed', { timeout: 120_000 }, async () => {
  const { context, page } = await newPerson(session.browser)
  try {
    await page.goto('/devices')
    await enter(page, signIn('CUSTOMER'))
    await page.locator('#main a[href^="/report/"]').first().click()
    await page.locator('textarea').fill('Typed before the session ended')
    await context.clearCookies()
    await page.locator('select').selectOption('2')
    await page.locator('input[type="tel"]').fill('22000000')
    await page.locator('form button[type="submit"]').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await dialog.locator('input[autocomplete="current-password"]').fill(signIn('CUSTOMER').password)
    await dialog.locator('button[type="submit"]').click()
    await dialog.waitFor({ state: 'detached' })
    assert.equal(await page.locator('textarea').inputValue(), 'Typed before the session ended')
  } finally {
    await context.close()
  }
})
