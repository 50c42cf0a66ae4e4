// A device's whole life in one thread, the toner that runs out, and rows of a file that are corrected where they stand.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'

let session
before(async () => {
  session = await startBrowser()
})
after(() => session?.close())

test('the thread of a device, by topic and further back, and toner in time', { timeout: 60_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser, { width: 390, height: 844 })
  try {
    await page.goto('/forecast')
    await enter(page, signIn('CUSTOMER'))
    // The demo has a printer that runs out of black toner in a week.
    const call = await callerFor('CUSTOMER')
    const { forecasts } = await call('portal.v1.SupplyService/ListForecasts', {})
    const due = forecasts.find((one) => one.orderNow)
    assert.ok(due, 'no toner is due in the demo')
    await page.goto(`/devices/${due.serialNumber}`)
    const thread = page.locator('[data-thread]')
    await thread.locator('li[data-event]').first().waitFor()
    assert.equal(await page.locator('[data-toner-offer] a').first().getAttribute('href'), `/order/${due.serialNumber}?supply=${due.supplyId}`)
    const months = await thread.locator('h3').allTextContents()
    assert.equal(new Set(months).size, months.length, `a month has two headings: ${months}`)

    const chip = (name) => thread.getByRole('button', { name, exact: true })
    await chip('Orders').click()
    await thread.locator('li[data-event="5"]').first().waitFor() // delivered
    await thread.locator('li[data-event="1"]').first().waitFor({ state: 'detached' })
    assert.equal(await chip('Orders').getAttribute('aria-pressed'), 'true')
    assert.match(await thread.locator('li a').first().getAttribute('href'), /^\/orders\/SO-/)
    await chip('Orders').click()
    await chip('Toner').click()
    await thread.locator('li[data-event="2"]').first().waitFor()
    await thread.getByText('toner runs out about').first().waitFor()
    await chip('Everything').click()
    await thread.locator('li[data-event="1"]').first().waitFor()
    const before = await thread.locator('li[data-event]').count()
    await thread.getByRole('button', { name: /Show more/ }).click()
    await thread.locator('li[data-event]').nth(before).waitFor()
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})

test('a chart of usage by uPlot, with keys, in both schemes', { timeout: 60_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser, { dark: true })
  try {
    await page.goto('/usage')
    await enter(page, signIn('CUSTOMER'))
    const chart = page.locator('[data-chart="drawn"]')
    await chart.locator('canvas').waitFor()
    await chart.focus()
    await page.keyboard.press('Home')
    const said = page.locator('figure [aria-live]')
    const first = await page.locator('tr[data-month] .month').last().textContent()
    await said.filter({ hasText: first.trim() }).waitFor()
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 360, height: 800 })
    await page.waitForFunction(() => document.querySelector('[data-chart] canvas')?.getBoundingClientRect().width < 340)
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true)
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})

test('a bad row of a file is corrected where it stands, also after a reload', { timeout: 90_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser)
  try {
    await page.goto('/readings/bulk')
    await enter(page, signIn('CUSTOMER'))
    const call = await callerFor('CUSTOMER')
    const { meters } = await call('portal.v1.ReadingService/ListMeters', { pageSize: 100 })
    // A last reading once more, with a mistyped serial number: put right, it is there already and changes nothing.
    const meter = meters.find((one) => one.reminders && one.lastReading)
    const names = { COUNTER_BLACK: 'Black', COUNTER_COLOUR: 'Colour', COUNTER_BLACK_A3: 'Black A3', COUNTER_COLOUR_A3: 'Colour A3', COUNTER_SCAN: 'Scan' }
    const { counters, takenAt } = meter.lastReading
    const [day, clock] = new Date(takenAt).toLocaleString('sv', { timeZone: 'Europe/Oslo' }).split(' ')
    const columns = counters.map((one) => names[one.counter]).join(';')
    const values = counters.map((one) => one.value ?? 0).join(';')
    // Another row, of the same device, is where the clock of its place comes from.
    const file = `Serial number;Date;Time;${columns}\nNO-${meter.serialNumber};${day};${clock};${values}\n${meter.serialNumber};${day};${clock};${values}\n`
    await page.locator('input[type="file"]').setInputFiles({ name: 'rett.csv', mimeType: 'text/csv', buffer: Buffer.from(file) })
    const row = page.locator('tr[data-row="2"]')
    await row.waitFor()
    assert.equal(await row.getAttribute('data-outcome'), 'refused')
    await row.getByRole('button', { name: 'Correct row 2' }).click()
    const form = page.locator('tr[data-correcting="2"]')
    await form.getByLabel('Serial number').fill(meter.serialNumber)
    // The page is loaded anew: what was typed is still there.
    await page.reload()
    await form.waitFor()
    assert.equal(await form.getByLabel('Serial number').inputValue(), meter.serialNumber)
    assert.ok(await form.getByLabel('Date').inputValue(), 'the day of the file is lost')
    await form.getByRole('button', { name: 'Check the row again' }).click()
    await page.locator('tr[data-row="2"][data-outcome="unchanged"]').waitFor()
    await form.waitFor({ state: 'detached' })
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})
