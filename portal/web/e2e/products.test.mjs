// A customer's devices: taken off the list, registered again with what stands beside them, and moved.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'

let session, call, site
before(async () => {
  session = await startBrowser()
  call = await callerFor('CUSTOMER')
  const { devices } = await call('portal.v1.PortalService/ListDevices', { pageSize: 100 })
  const sites = [...new Set(devices.map((one) => one.siteName))].map((name) => devices.filter((one) => one.siteName === name))
  site = sites.find((some) => some.length >= 3 && some.length <= 10 && !some.some((one) => one.openRequestNumber))
  assert.ok(site, 'the customer has a site with three devices and no open request')
})
after(async () => {
  // As it was, for the tests that follow and for another run.
  for (const one of site ?? []) {
    const settings = { friendlyName: one.friendlyName ?? '', backupEmail: '', reminders: true }
    await call('portal.v1.RegistrationService/Deregister', { operationId: randomUUID(), deviceIds: [one.id] }).catch(() => {})
    await call('portal.v1.RegistrationService/RegisterDevice', {
      operationId: randomUUID(), serialNumber: one.serialNumber, postalCode: one.place.postalCode, ...settings,
    })
  }
  await session?.close()
})

test('devices leave the list, come back with their siblings, and move', { timeout: 240_000 }, async () => {
  const [first, second, third] = site
  const { context, page, complaints } = await newPerson(session.browser, { language: 'en' })
  const button = (name) => page.getByRole('button', { name, exact: true })
  try {
    await page.goto('/devices')
    await enter(page, signIn('CUSTOMER'))

    // "Select all" takes what is seen: the devices of the site, after a search for it.
    await page.locator('#main input[type="search"]').fill(first.siteName)
    await page.locator('#main [role="status"]').filter({ hasText: `${site.length} devices` }).waitFor()
    await page.getByLabel('Select all on this page').check()
    await page.getByText(`${site.length} selected`).waitFor()
    await button('Delete product(s)').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Contract and billing do not change.').waitFor()
    for (const one of site) await dialog.getByText(one.serialNumber, { exact: true }).waitFor()
    await dialog.getByRole('button', { name: `Delete ${site.length} products` }).click()
    await page.getByText(`${site.length} products are deleted from your list.`).waitFor()
    await page.goto(`/devices/${first.serialNumber}`)
    await page.getByText(`You follow no device with serial number ${first.serialNumber}.`).waitFor()

    // A wrong postal code leads nowhere and names whom to ask; what is typed stays.
    await page.getByRole('link', { name: 'Register a new device' }).click()
    await page.getByLabel('Serial number').fill(first.serialNumber)
    await page.getByLabel('Postal code').fill('9999')
    await button('Register the device').click()
    await page.locator('[role="alert"] [data-support] a[href^="tel:"]').waitFor()
    await page.locator('[role="alert"] [data-support] a[href^="mailto:"]').waitFor()
    assert.equal(await page.getByLabel('Serial number').inputValue(), first.serialNumber)

    await page.getByLabel('Postal code').fill(first.place.postalCode)
    await button('Register the device').click()
    await page.getByRole('heading', { name: 'The device is registered' }).waitFor()
    await page.reload()
    const name = `Copy room ${Date.now()}`
    await page.locator('input[name="friendly_name"]').fill(name)
    await page.locator('input[name="backup_email"]').fill('nobody')
    await button('Continue').click()
    await page.getByText('This is not an e-mail address.').waitFor()
    await page.locator('input[name="backup_email"]').fill('backup@example.com')
    await page.getByLabel('Send me reminders of meter readings').uncheck()
    await button('Continue').click()

    // The others at the site: all ticked, with the settings of the first.
    const row = (one) => page.locator(`[data-sibling="${one.serialNumber}"]`)
    for (const one of site.slice(1)) {
      await row(one).waitFor()
      assert.ok(await row(one).locator('input[type="checkbox"]').first().isChecked())
      assert.equal(await row(one).locator('input[type="email"]').inputValue(), 'backup@example.com')
      assert.ok(!(await row(one).getByLabel('Reminders of meter readings').isChecked()))
    }
    for (const one of site.slice(2)) await row(one).locator('input[type="checkbox"]').first().uncheck()
    await row(second).getByLabel('Friendly name').fill('Wished name')
    await button('Register 1 device').click()
    await page.locator('[data-pending="1"]').getByText(second.serialNumber).waitFor()
    await page.getByText(/1 device is waiting for approval\. You get an answer by /).waitFor()

    // It waits in the list until staff answer, and can be taken back.
    await page.getByRole('link', { name: 'To my products' }).click()
    const waiting = page.locator('[data-waiting] li').filter({ hasText: second.serialNumber })
    await waiting.getByText('Wished name').waitFor()
    await waiting.getByText(/You get an answer by /).waitFor()
    await waiting.getByRole('button', { name: `Withdraw the registration of ${second.serialNumber}` }).click()
    await waiting.waitFor({ state: 'detached' })

    // The device's own page.
    await page.goto(`/devices/${first.serialNumber}`)
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await page.locator('[data-toner], section:has(#toner-heading) p').first().waitFor()
    await button('Edit name and reminders').click()
    await page.locator('input[name="friendly_name"]').fill(`${name} B`)
    await button('Save').click()
    await page.getByRole('heading', { level: 1, name: `${name} B` }).waitFor()
    await page.getByText('backup@example.com').waitFor()

    // Its site moves as a whole, once staff say so.
    await page.getByRole('link', { name: 'Change the address' }).click()
    await page.getByText(`The address is that of all ${site.length} devices`).waitFor()
    await page.getByText(`And ${site.length - 1} devices that you do not follow.`).waitFor()
    await page.getByText('The delivery address of supplies does not change.').waitFor()
    await button('Ask for the change').click()
    await page.locator('[aria-invalid="true"]').first().waitFor()
    await page.locator('input[name="line1"]').fill('Flytteveien 99')
    await page.locator('input[name="postal_code"]').fill(third.place.postalCode)
    await page.locator('input[name="city"]').fill(third.place.city)
    await page.locator('textarea[name="reason"]').fill('We move.')
    await button('Ask for the change').click()
    await page.locator('[data-address-pending]').getByText('Flytteveien 99', { exact: false }).waitFor()
    await page.reload()
    await page.locator('[data-address-pending]').waitFor()
    await button('Withdraw').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
    await page.locator('[data-address-pending]').waitFor({ state: 'detached' })
    await page.locator('input[name="line1"]').waitFor()
    await page.getByText('Withdrawn', { exact: true }).first().waitFor()
    // The refused try above is told by the browser as a 404.
    assert.deepEqual(complaints.filter((one) => !/status of 404/.test(one)), [])
  } finally {
    await context.close()
  }
})

test('what is typed outlives a reload, and the way back leads to where one was', { timeout: 120_000 }, async () => {
  const { context, page, complaints } = await newPerson(session.browser, { language: 'nb', width: 390, height: 700 })
  const scrolled = () => page.evaluate(() => Math.round(window.scrollY))
  try {
    await page.goto('/devices')
    await enter(page, signIn('CUSTOMER'))
    const links = page.locator('#main li a[href^="/devices/"]')
    await links.last().waitFor()
    await links.last().scrollIntoViewIfNeeded()
    const left = await scrolled()
    assert.ok(left > 0, 'the list is longer than the window')
    await links.last().click()
    await page.locator('#settings-heading').waitFor()
    assert.equal(await scrolled(), 0)
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1')

    await page.getByRole('button', { name: 'Endre navn og påminnelser' }).click()
    await page.locator('[name="friendly_name"]').fill('Ikke sendt ennå')
    await page.reload()
    await page.locator('[name="friendly_name"]').waitFor()
    assert.equal(await page.locator('[name="friendly_name"]').inputValue(), 'Ikke sendt ennå')
    await page.getByRole('button', { name: 'Avbryt' }).click()
    await page.locator('[name="friendly_name"]').waitFor({ state: 'detached' })

    await page.goBack()
    await page.waitForFunction((wanted) => Math.abs(window.scrollY - wanted) < 2, left)

    // Given up is given up.
    await page.goForward()
    await page.locator('#settings-heading').waitFor()
    assert.equal(await page.locator('[name="friendly_name"]').count(), 0)

    // On paper there is no bar, and nothing to press, and the paper is white for dark screens too.
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    for (const gone of ['nav', 'button']) assert.equal(await page.locator(gone).filter({ visible: true }).count(), 0, gone)
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--state-en-route').trim()), '#0e5a67')

    // In the system's own colours every border is drawn: only the page that one is on has one.
    await page.emulateMedia({ media: 'screen', colorScheme: 'light', forcedColors: 'active' })
    const marked = await page.locator('nav a').evaluateAll((links) => {
      const nothing = getComputedStyle(document.body).backgroundColor
      return links.filter((one) => getComputedStyle(one).borderBottomColor !== nothing).map((one) => one.getAttribute('aria-current'))
    })
    assert.deepEqual([...new Set(marked)], ['page'])
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})
