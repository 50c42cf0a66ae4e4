// One fault from the customer's click to the signature, with everybody at their own page: the customer, somebody with a shared
// link, the office, and a technician whose phone is without cover three times.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'
import { endJobs, goOffDuty } from './jobs.mjs'
import { draw } from './phone.mjs'

let session
before(async () => {
  session = await startBrowser()
})
after(() => session?.close())

test('a request goes from the click to the signature, partly without cover, and the open pages follow', { timeout: 120_000 }, async () => {
  await endJobs()
  await goOffDuty()
  const customer = await newPerson(session.browser, { language: 'nb' })
  const door = await newPerson(session.browser, { language: 'en', width: 390, height: 844 })
  const office = await newPerson(session.browser)
  const technician = await newPerson(session.browser, { width: 390, height: 844 })
  const people = [customer, door, office, technician]
  const phone = technician.page
  const press = (name) => phone.getByRole('button', { name, exact: true }).click()
  try {
    await phone.goto('/tech/')
    await enter(phone, signIn('TECHNICIAN'))
    await press('Go on duty')
    await phone.locator('[data-position="on"]').waitFor()
    const name = (await phone.getByRole('heading', { level: 1 }).innerText()).replace('Hello, ', '')

    // The customer reports a fault with a double click: one request.
    const page = customer.page
    await page.goto('/devices')
    await enter(page, signIn('CUSTOMER'))
    await page.locator('#main a[href^="/report/"]').first().click()
    await page.locator('select').selectOption('1')
    await page.locator('textarea').fill('Papiret krøller seg i magasin 2.')
    await page.locator('input[type="tel"]').fill('22000000')
    await page.locator('form button[type="submit"]').dblclick()
    await page.waitForURL(/\/requests\//)
    const number = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
    await page.locator('[data-state="to_be_scheduled"]').waitFor()
    // From here on a reload would be seen: what was put into the page would be gone.
    await page.evaluate(() => (window.sinceOpened = true))

    // Somebody else gets the link.
    const sharing = page.locator('[data-sharing]')
    await sharing.getByRole('button', { name: 'Lag en lenke' }).click()
    const link = new URL(await sharing.getByLabel('Lenken', { exact: true }).inputValue())
    await door.page.goto(link.pathname + link.hash)
    const stands = (state) => Promise.all([page, door.page].map((one) => one.locator(`[data-state="${state}"]`).waitFor()))
    const noPosition = async (when) => {
      for (const one of [page, door.page]) assert.equal(await one.locator('[data-tracking], [data-stale], [data-travel]').count(), 0, `a position is shown ${when}`)
    }
    await stands('to_be_scheduled')
    await noPosition('before anybody has the job')

    // The office gives it to the technician.
    await office.page.goto(`/board/?q=${number}`)
    await enter(office.page, signIn('DISPATCHER'))
    await office.page.locator(`[data-request="${number}"] button`).click()
    const candidate = process.env.UTSENDT_TECHNICIAN_NAME ?? (await fullName())
    await office.page.getByRole('button', { name: `Give it to ${candidate}` }).click()
    await stands('dispatched')
    await page.getByText(name).first().waitFor()
    await noPosition('before the technician is on the way')

    // Without cover: two steps wait on the phone, and nobody else knows of them.
    const card = phone.locator(`[data-job="${number}"]`)
    await card.waitFor()
    await technician.context.setOffline(true)
    await press('Accept the job')
    await press('I am on my way')
    await card.locator('[data-waiting="2"]').waitFor()
    await phone.locator('[data-notice="unsent"]').filter({ hasText: '2 changes are on this phone only' }).waitFor()
    await stands('dispatched')
    await noPosition('while the server does not know of the way')
    await technician.context.setOffline(false)
    await stands('en_route')
    await card.locator('[data-waiting]').waitFor({ state: 'detached' })
    for (const one of [page, door.page]) {
      await one.locator('[data-tracking] [data-stale="false"]').waitFor()
      await one.locator('[data-travel]').scrollIntoViewIfNeeded() // it is not loaded before it is seen
      await one.locator('[data-travel="map"], [data-travel="chart"]').waitFor()
    }

    await technician.context.setOffline(true)
    await press('I am there')
    await card.locator('[data-waiting="1"]').waitFor()
    await technician.context.setOffline(false)
    await stands('on_site')
    await noPosition('after the arrival')

    // What was done, read and signed is typed and sent without cover too.
    await press('Finish the job')
    await phone.locator('select').selectOption({ label: 'Solved' })
    await technician.context.setOffline(true)
    await phone.locator('textarea').fill('Byttet matevalser.')
    const meters = await phone.locator('section:has([data-meter]) > div').all()
    const readings = []
    for (const one of meters) {
      const last = (await one.innerText()).match(/Last: ([\d,]+)/)?.[1].replaceAll(',', '') ?? '0'
      readings.push(Number(last) + 7)
      await one.locator('[data-meter]').fill(String(readings.at(-1)))
    }
    await phone.getByLabel('Name of who signs').fill('Testa Prøvesen')
    await draw(phone)
    await press('Send and finish')
    await phone.locator(`[data-over="${number}"] [data-waiting="1"]`).waitFor()
    await stands('on_site')
    await technician.context.setOffline(false)
    await stands('completed')
    await page.getByText('Byttet matevalser.').first().waitFor()
    const visit = page.locator('[data-visits="1"]')
    for (const one of readings) await visit.getByText(new Intl.NumberFormat('nb').format(one), { exact: true }).first().waitFor()
    await visit.locator('figure img[alt*="Testa Prøvesen"]').waitFor()
    await visit.locator('figcaption').filter({ hasText: 'Testa Prøvesen' }).waitFor()
    await door.page.locator('[data-state="completed"]').waitFor()
    await noPosition('after the end')
    assert.ok(!(await door.page.locator('#main').innerText()).includes('matevalser'), 'the link tells what was done')

    // Sent in the order of the presses, each once.
    await phone.goto('/tech/changes')
    await phone.locator('[data-file-state="sent"]').first().waitFor()
    assert.deepEqual(
      await phone.locator('[data-change="sent"]').evaluateAll((all) => all.slice(0, 4).map((one) => one.dataset.step)),
      ['complete', 'arrive', 'depart', 'accept'],
    )
    const staff = await callerFor('DISPATCHER')
    const { activities } = await staff('dispatch.v1.DispatchService/GetRequest', { id: number })
    const steps = activities.map((one) => one.kind).filter((kind) => ['accepted', 'departed', 'arrived', 'completed', 'overtaken'].includes(kind))
    assert.deepEqual(steps, ['accepted', 'departed', 'arrived', 'completed'])
    assert.ok(await page.evaluate(() => window.sinceOpened), 'the page was loaded again')
    for (const one of people) assert.deepEqual(one.complaints.filter((each) => !/ERR_INTERNET_DISCONNECTED/.test(each)), [])
  } finally {
    for (const one of people) await one.context.close()
  }
})

/** The technician's name as the office writes it. */
async function fullName() {
  const call = await callerFor('TECHNICIAN')
  const { me } = await call('mobile.v1.MobileService/GetMe', {})
  return `${me.firstName} ${me.lastName}`
}
