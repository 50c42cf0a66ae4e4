// How much a customer's first page loads, packed as it comes over the line.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { baseUrl, newPerson, startBrowser } from './browser.mjs'

let session
before(async () => {
  session = await startBrowser()
})
after(() => session?.close())

test("the portal's first page loads less than 120 kB, and no map", { timeout: 60_000 }, async () => {
  const call = await callerFor('CUSTOMER')
  const { context, page } = await newPerson(session.browser, { language: 'nb' })
  try {
    const [name, value] = call.cookie().split('=')
    await context.addCookies([{ name, value, url: baseUrl }])
    await page.goto('/')
    await page.locator('[data-now="known"]').waitFor()
    const loaded = await page.evaluate(() =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter(({ name, entryType }) => entryType === 'navigation' || /\/assets\//.test(name))
        .map(({ name, encodedBodySize }) => [new URL(name).pathname, encodedBodySize]),
    )
    const total = loaded.reduce((sum, [, size]) => sum + size, 0)
    assert.ok(loaded.length > 5 && loaded.every(([, size]) => size > 0), `sizes are missing: ${JSON.stringify(loaded)}`)
    console.log(`first load: ${loaded.length} files, ${total} octets`)
    assert.ok(total < 120_000, `${total} octets: ${JSON.stringify(loaded.sort((a, b) => b[1] - a[1]).slice(0, 12))}`)
    assert.ok(!loaded.some(([path]) => /maplibre|land/.test(path)), 'the map is loaded before there is anything to show on it')
  } finally {
    await context.close()
  }
})
