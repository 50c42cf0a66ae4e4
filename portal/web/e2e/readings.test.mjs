// Meter readings: one at a time with a doubtful value, by file, and what was printed.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'

let session
let meters
before(async () => {
  const call = await callerFor('CUSTOMER')
  meters = (await call('portal.v1.ReadingService/ListMeters', { pageSize: 20 })).meters.filter((one) => one.lastReading && one.reminders)
  session = await startBrowser()
})
after(() => session?.close())

/** Types values that are so much higher than the last ones. */
async function fill(card, meter, more) {
  const inputs = card.locator('input[inputmode="numeric"]')
  assert.equal(await inputs.count(), meter.counters.length, 'every counter of the model is asked for')
  for (const [index, counter] of meter.counters.entries()) {
    const last = Number(meter.lastReading.counters.find((one) => one.counter === counter)?.value ?? 0)
    await inputs.nth(index).fill(String(last + more))
  }
}

test('readings of two devices: one stored, one confirmed with a reason, then corrected', { timeout: 120_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser, { language: 'nb' })
  try {
    const [good, low] = meters
    await page.goto('/readings')
    await enter(page, signIn('CUSTOMER'))
    for (const one of [good, low]) await page.locator('li', { hasText: one.serialNumber }).locator('input[type="checkbox"]').check()
    await page.getByRole('button', { name: 'Fortsett med 2 maskiner' }).click()
    const first = page.locator(`[data-entry="${good.serialNumber}"]`)
    const second = page.locator(`[data-entry="${low.serialNumber}"]`)
    // Half a reading is not sent.
    await first.locator('input[inputmode="numeric"]').first().fill('12,5')
    await page.getByRole('button', { name: 'Send inn' }).click()
    await first.getByText('Skriv et helt tall, bare med sifre.').waitFor()

    await first.getByRole('button', { name: 'Slik leser du av telleren' }).click()
    await page.getByRole('dialog').locator('a[href^="mailto:"]').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Lukk' }).click()

    await fill(first, good, 10)
    await fill(second, low, -1)
    await page.getByRole('button', { name: 'Send inn' }).click()
    await page.locator(`[data-entry="${good.serialNumber}"][data-outcome="kept"]`).waitFor()
    await page.locator(`[data-entry="${low.serialNumber}"][data-outcome="unconfirmed"]`).waitFor()
    await second.getByText('Telleren er lavere enn ved forrige avlesning').first().waitFor()
    await second.getByLabel('Hvorfor stemmer det?').fill('Telleren er byttet')
    await page.getByRole('button', { name: 'Bekreft og send inn' }).click()
    await page.locator(`[data-entry="${low.serialNumber}"][data-outcome="kept"]`).waitFor()
    await page.getByText('Alle avlesningene er lagret.').waitFor()

    // The correction stands beside what it corrects.
    await first.getByRole('button', { name: 'Tidligere avlesninger' }).click()
    const earlier = page.getByRole('dialog')
    await earlier.getByRole('button', { name: /^Rett avlesningen/ }).first().click()
    const form = earlier.locator('[data-reading] form')
    const input = form.locator('input[inputmode="numeric"]').first()
    await input.fill(String(Number(await input.inputValue()) + 1))
    await form.getByLabel('Hvorfor rettes avlesningen?').fill('Leste feil siffer')
    await form.getByRole('button', { name: 'Lagre rettelsen' }).click()
    await earlier.getByText('Erstattet').first().waitFor()
    await earlier.getByText('Begrunnelse: Leste feil siffer').waitFor()
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})

test('a file: good rows are stored whatever is wrong with others, and again changes nothing', { timeout: 120_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser, { language: 'en', width: 390, height: 844 })
  try {
    await page.goto('/readings/bulk')
    await enter(page, signIn('CUSTOMER'))
    const choose = page.locator('input[type="file"]')
    await choose.setInputFiles({ name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') })
    await page.getByText('This is neither a CSV file nor an Excel workbook').waitFor()
    await choose.setInputFiles({ name: 'wrong.csv', mimeType: 'text/csv', buffer: Buffer.from('name;town\nA;B\n') })
    await page.getByText('The header lacks these columns').waitFor()

    const one = meters[2]
    const names = { COUNTER_BLACK: 'Black', COUNTER_COLOUR: 'Colour', COUNTER_BLACK_A3: 'Black A3', COUNTER_COLOUR_A3: 'Colour A3', COUNTER_SCAN: 'Scan' }
    const value = (counter) => Number(one.lastReading.counters.find((has) => has.counter === counter)?.value ?? 0) + 5
    const [today, clock] = new Date(Date.now() - 60_000).toLocaleString('sv', { timeZone: 'Europe/Oslo' }).split(' ')
    const csv = [
      ['Serial number', 'Date', 'Time', ...one.counters.map((counter) => names[counter])],
      [one.serialNumber, today, clock, ...one.counters.map(value)],
      ['NO-SUCH-DEVICE', today, clock, ...one.counters.map(value)],
    ].map((row) => row.join(';')).join('\n')
    const file = { name: 'readings.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) }
    await choose.setInputFiles(file)
    await page.locator('[data-upload="checked"]').waitFor()
    await page.locator('[data-row="3"][data-outcome="refused"]').getByText('There is no such device').waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Store 1 reading' }).click()
    await page.locator('[data-upload="applied"]').waitFor()
    await page.getByRole('button', { name: 'Choose another file' }).click()
    await choose.setInputFiles(file)
    await page.locator('[data-upload="checked"]').waitFor()
    await page.getByLabel('Show').selectOption('all')
    await page.locator('[data-row="2"][data-outcome="unchanged"]').waitFor()
    // The browser's own word on the file that was refused, and nothing else.
    assert.equal(complaints.length, 1, complaints.join('\n'))
    assert.match(complaints[0], /status of 400/)
  } finally {
    await context.close()
  }
})

test('usage of all devices and of one, and the file to download', { timeout: 120_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser, { language: 'en' })
  try {
    await page.goto('/usage')
    await enter(page, signIn('CUSTOMER'))
    await page.locator('[data-usage="fleet"] tr[data-month]').first().waitFor()
    assert.equal(await page.locator('tr[data-month]').count(), 12)
    const waiting = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download CSV' }).click()
    assert.match((await waiting).suggestedFilename(), /\.csv$/)
    await page.goto(`/usage?device=${encodeURIComponent(meters[0].serialNumber)}&months=24`)
    await page.locator('[data-usage="device"] tr[data-month]').nth(23).waitFor()
    await page.getByText(meters[0].serialNumber).first().waitFor()
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})
