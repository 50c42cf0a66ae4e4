// The way in, and the line to the server.
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
