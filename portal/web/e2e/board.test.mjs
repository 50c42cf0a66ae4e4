// The dispatcher's board: filters in the address, the queue by keyboard, and what somebody else does.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { callerFor, openOne } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'

let session
before(async () => {
  session = await startBrowser()
  await openOne()
})
after(() => session?.close())

const whole = (page) => page.locator('[role="grid"][aria-busy="false"]').waitFor()

test('the filter is in the address, and the back button takes it back', { timeout: 60_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser)
  try {
    await page.goto('/board/?state=on_site&q=nothing+like+it')
    await enter(page, signIn('DISPATCHER'))
    await whole(page)
    assert.equal(await page.locator('[data-request]').count(), 0)
    assert.equal(await page.locator('[data-search]').inputValue(), 'nothing like it')
    await page.getByRole('button', { name: 'Show all' }).first().click()
    await page.waitForURL((url) => url.search === '')
    await page.locator('[data-request]').first().waitFor()
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'No technician' }).click()
    await page.waitForURL((url) => url.search === '?state=waiting')
    await page.goBack()
    await page.waitForURL((url) => url.search === '')
    await page.goBack()
    await page.waitForURL((url) => url.search.includes('on_site'))
    await page.locator('[role="grid"][data-rows="0"]').waitFor()

    // Where technicians start from is in the address too, and so in a view of one's own.
    await page.getByRole('checkbox', { name: 'Show where technicians start from' }).check()
    await page.waitForURL((url) => url.searchParams.get('homes') === '1' && url.searchParams.get('state') === 'on_site')
    await page.getByText('Areas are postal codes without drawn borders').waitFor()

    // A name for a filter of one's own; it is there again after a reload, and can be forgotten.
    await page.getByRole('button', { name: 'Save the view' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('My own')
    await dialog.getByRole('button', { name: 'Save the view' }).click()
    await page.reload()
    await whole(page)
    await page.getByRole('link', { name: /^My own/ }).waitFor()
    await page.locator('[data-homes]:checked').waitFor()
    await page.getByRole('button', { name: /^Remove the view/ }).click()
    await page.getByRole('link', { name: /^My own/ }).waitFor({ state: 'detached' })
    assert.deepEqual(complaints, [])
    assert.deepEqual(await page.evaluate(() => window.cspViolations), [])
  } finally {
    await context.close()
  }
})

test('the queue goes by keyboard, and a change by somebody else appears', { timeout: 60_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser)
  const call = await callerFor('DISPATCHER')
  try {
    await page.goto('/board/')
    await enter(page, signIn('DISPATCHER'))
    await whole(page)
    const focused = () => page.evaluate(() => document.activeElement.closest('[data-id]')?.getAttribute('aria-rowindex'))
    const count = Number(await page.locator('[role="grid"]').getAttribute('data-rows'))
    await page.locator('[data-request] button').first().focus()
    await page.keyboard.press('End')
    await page.waitForFunction((n) => document.activeElement.closest('[data-id]')?.getAttribute('aria-rowindex') === String(n), count + 1)
    await page.keyboard.press('Home')
    await page.waitForFunction(() => document.activeElement.closest('[data-id]')?.getAttribute('aria-rowindex') === '2')
    await page.keyboard.press('ArrowUp')
    assert.equal(await focused(), '2')

    // Enter opens it beside the queue, and the address says which; Escape closes it again.
    const id = await page.evaluate(() => document.activeElement.closest('[data-id]').dataset.id)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.searchParams.get('request') === id)
    await page.getByRole('complementary', { name: 'The chosen request' }).waitFor()
    await page.goBack()
    await page.getByRole('complementary', { name: 'The chosen request' }).waitFor({ state: 'detached' })

    // Somebody else adds a note: the row says so, the list says who and what, and marking it takes it off.
    await page.evaluate(() => localStorage.clear())
    await page.reload()
    await whole(page)
    await call('dispatch.v1.DispatchService/AddNote', { operationId: randomUUID(), requestId: id, text: 'Ring først.' })
    await page.locator(`[data-id="${id}"].changed`).waitFor()
    await page.reload()
    await page.locator(`[data-id="${id}"].changed`).waitFor()
    await page.getByRole('button', { name: /change.* since you looked/ }).click()
    await page.getByRole('dialog').getByText('Ring først.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Mark as seen' }).click()
    await page.locator(`[data-id="${id}"].changed`).waitFor({ state: 'detached' })
    assert.deepEqual(complaints, [])

    // Without cover the board says as of when it is, and goes on by itself.
    await page.locator('[data-line="live"]').waitFor()
    await context.setOffline(true)
    await page.locator('[data-connection="offline"]').filter({ hasText: /What you see is as of \d\d:\d\d/ }).waitFor()
    await page.locator('[data-line="offline"]').filter({ hasText: /as of \d\d:\d\d/ }).waitFor()
    await context.setOffline(false)
    await page.locator('[data-line="live"]').waitFor()
  } finally {
    await context.close()
  }
})
