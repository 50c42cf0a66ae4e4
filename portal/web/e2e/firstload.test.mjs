// How much a customer's first page loads, packed as it comes over the line, and how often it goes to the server for it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { baseUrl, newPerson, startBrowser } from './browser.mjs'

let session
before(async () => {
  session = await startBrowser()
})
after(() => session?.close())

test("the portal's first page loads less than 110 kB, and no map", { timeout: 60_000 }, async () => {
  const call = await callerFor('CUSTOMER')
  const { context, page } = await newPerson(session.browser, { language: 'nb' })
  try {
    const [name, value] = call.cookie().split('=')
    await context.addCookies([{ name, value, url: baseUrl }])
    const calls = []
    page.on('request', (one) => {
      const [, method] = one.url().match(/\/utsendt\.([\w.]+\/\w+)$/) ?? []
      if (method) calls.push(method)
    })
    await page.goto('/')
    await page.locator('[data-now="known"]').waitFor()
    // All that the page begins with is named in its HTML, or lies in it: nothing is found out only from what came before.
    const html = await (await context.request.get('/', { headers: { 'Accept-Language': 'nb', 'Sec-Fetch-Site': 'none' } })).text()
    const late = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((path) => /\.(js|css)$/.test(path)))
    assert.deepEqual(late.filter((path) => !html.includes(path) && !/\/push/.test(path)), [], 'files that the HTML does not name')
    assert.deepEqual(calls.filter((one) => !/WatchRequests$/.test(one)), [], 'calls whose answers the page does not hold')
    const loaded = await page.evaluate(() =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter(({ name, entryType }) => entryType === 'navigation' || /\/assets\//.test(name))
        .map(({ name, encodedBodySize }) => [new URL(name).pathname, encodedBodySize]),
    )
    const total = loaded.reduce((sum, [, size]) => sum + size, 0)
    assert.ok(loaded.length > 5 && loaded.every(([, size]) => size > 0), `sizes are missing: ${JSON.stringify(loaded)}`)
    console.log(`first load: ${loaded.length} files, ${total} octets`)
    assert.ok(total < 110_000, `${total} octets: ${JSON.stringify(loaded.sort((a, b) => b[1] - a[1]).slice(0, 12))}`)
    assert.ok(!loaded.some(([path]) => /maplibre|land/.test(path)), 'the map is loaded before there is anything to show on it')
  } finally {
    await context.close()
  }
})
