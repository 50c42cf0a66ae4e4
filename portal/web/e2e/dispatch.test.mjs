// What a dispatcher does on the board: a request is carried to a technician by mouse and by keyboard, taken back, and who
// comes second is told who was first.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'

let session
let call
let technician
before(async () => {
  session = await startBrowser()
  call = await callerFor('DISPATCHER')
  const phone = await callerFor('TECHNICIAN')
  const { me } = await phone('mobile.v1.MobileService/SetDuty', { operation: { id: randomUUID() }, onDuty: true })
  const { technicians } = await call('dispatch.v1.DispatchService/ListTechnicians', { pageSize: 500 })
  technician = technicians.find((one) => one.id === (me.technicianId ?? me.id)) ?? technicians.find((one) => one.onDuty)
})
after(() => session?.close())

/** Opens a request that this technician can take, and gives it back as it is cancelled in the end. */
async function newRequest() {
  const { devices = [] } = await call('backoffice.v1.FleetService/ListDevices', { query: 'Oslo', pageSize: 100 })
  for (const device of devices.filter((one) => !one.openRequestId)) {
    const { request } = await call('dispatch.v1.DispatchService/OpenRequest', {
      operationId: randomUUID(), serialNumber: device.fields.serialNumber, category: 'FAULT_CATEGORY_PAPER_JAM', description: 'Test av tavlen',
    })
    const { candidates = [] } = await call('dispatch.v1.DispatchService/ListCandidates', { requestId: request.id, limit: 50 })
    if (candidates.some((one) => one.eligible && one.technician.id === technician.id)) return request
    await end(request)
  }
  throw new Error(`${technician.firstName} ${technician.lastName} can take no request in Oslo`)
}

const end = (request) => call('dispatch.v1.DispatchService/Cancel', { operationId: randomUUID(), requestId: request.id, reason: 'Test av tavlen' })

/** The board of a dispatcher, with this request in the queue. */
async function board(request, size = { width: 1920, height: 1000 }) {
  const person = await newPerson(session.browser, size)
  await person.page.goto(`/board/?q=${request.number}`)
  await enter(person.page, signIn('DISPATCHER'))
  const row = person.page.locator(`[data-request="${request.number}"]`)
  await row.waitFor()
  return { ...person, row }
}

test('a request is carried to a technician by mouse, and taken back with Ctrl+Z', { timeout: 60_000 }, async () => {
  const request = await newRequest()
  const { context, page, row, complaints } = await board(request)
  try {
    const day = page.locator(`[data-technician="${technician.id}"]`)
    await day.scrollIntoViewIfNeeded()
    const from = await row.boundingBox()
    const to = await day.boundingBox()
    await page.mouse.move(from.x + 60, from.y + 40)
    await page.mouse.down()
    await page.mouse.move(from.x + 90, from.y + 60, { steps: 3 })
    await page.locator(`[data-carried="${request.number}"]`).waitFor()
    await page.mouse.move(to.x + to.width / 2, to.y + 20, { steps: 8 })
    await page.locator('[data-carried] [data-fit="good"]').waitFor()
    await page.mouse.up()

    await page.locator('[data-undo="offered"]').filter({ hasText: request.number }).waitFor()
    await row.getByText('Dispatched', { exact: true }).waitFor()
    assert.equal(await page.locator('[data-panel]').count(), 0, 'the drop was a click too')
    await page.keyboard.press('Control+z')
    await row.getByText('To be scheduled', { exact: true }).waitFor()
    await page.locator('[data-undo]').waitFor({ state: 'detached' })
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
    await end(request)
  }
})

/** A finger on a touch screen, told to the browser as its own driver tells it. */
async function fingerOn(page) {
  const cdp = await page.context().newCDPSession(page)
  const touch = (type, points) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) })
  return {
    down: (x, y) => touch('touchStart', [[x, y]]),
    /** Along a straight line, in small steps as a hand moves. */
    async to(from, to, steps = 8) {
      for (let i = 1; i <= steps; i++) {
        await touch('touchMove', [[from[0] + ((to[0] - from[0]) * i) / steps, from[1] + ((to[1] - from[1]) * i) / steps]])
        await page.waitForTimeout(16)
      }
    },
    up: () => touch('touchEnd', []),
    cancel: () => touch('touchCancel', []),
  }
}

test('a finger that rests takes a request up and gives it; a swipe scrolls, and a broken touch puts it back', { timeout: 60_000 }, async () => {
  const request = await newRequest()
  const { context, page, complaints } = await newPerson(session.browser, { width: 1366, height: 1024, touch: true })
  try {
    await page.goto('/board/')
    await enter(page, signIn('DISPATCHER'))
    await page.locator('[role="grid"][aria-busy="false"] [data-request]').first().waitFor()
    const finger = await fingerOn(page)
    const carried = page.locator('[data-carried]')
    const grid = page.locator('[role="grid"]')

    // A swipe: the list scrolls as far as it is long, and nothing is taken up.
    const at = async (one, dx, dy) => {
      const box = await one.boundingBox()
      return [box.x + dx, box.y + dy]
    }
    const middle = await at(page.locator('[data-request]').first(), 200, 40)
    const longer = await grid.evaluate((one) => one.scrollHeight - one.clientHeight)
    await finger.down(...middle)
    await finger.to(middle, [middle[0], middle[1] - 200])
    await finger.up()
    if (longer > 20) await page.waitForFunction(() => document.querySelector('[role="grid"]').scrollTop > 0)
    assert.equal(await carried.count(), 0, 'a swipe took something up')

    await page.locator('[data-search]').fill(request.number)
    const row = page.locator(`[data-request="${request.number}"]`)
    await page.waitForFunction(() => document.querySelectorAll('[data-request]').length === 1)
    const day = page.locator(`[data-technician="${technician.id}"]`)
    await page.locator('[data-days-search]').fill(`${technician.firstName} ${technician.lastName}`)
    await day.waitFor()
    let from
    const lift = async () => {
      from = await at(row, 160, 30)
      await finger.down(...from)
      await page.locator(`[data-carried="${request.number}"]`).waitFor()
    }

    // The browser takes the touch away, a call comes in: it is put back.
    await lift()
    await finger.to(from, [from[0] + 60, from[1] + 40])
    await finger.cancel()
    await carried.waitFor({ state: 'detached' })
    // Let go of where nobody is: it is put back too, and no click follows.
    await lift()
    await finger.to(from, [from[0] + 30, from[1] + 40])
    await finger.up()
    await carried.waitFor({ state: 'detached' })
    assert.equal(await page.locator('[data-panel]').count(), 0, 'what was put back was clicked')

    await lift()
    await finger.to(from, await at(day, 120, 20))
    await page.locator('[data-carried] [data-fit="good"]').waitFor()
    await finger.up()
    await page.locator('[data-undo="offered"]').filter({ hasText: request.number }).waitFor()
    await row.getByText('Dispatched', { exact: true }).waitFor()
    assert.equal(await page.locator('[data-panel]').count(), 0, 'the drop was a click too')
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
    await end(request)
  }
})

test('the keyboard picks up, puts back, and gives; the palette finds it', { timeout: 60_000 }, async () => {
  const request = await newRequest()
  const { context, page, row, complaints } = await board(request)
  try {
    await row.getByRole('button').focus()
    await page.keyboard.press('g')
    const list = page.getByRole('listbox', { name: `Give ${request.number} to` })
    await list.waitFor()
    await page.keyboard.press('Escape')
    await list.waitFor({ state: 'detached' })
    await page.getByText(`${request.number} is put back.`).waitFor()
    assert.ok(await row.getByRole('button').evaluate((one) => one === document.activeElement), 'the focus is not back on the row')

    await page.keyboard.press('g')
    await list.getByRole('option', { selected: true }).waitFor()
    await page.keyboard.press('End')
    await page.keyboard.press('Home')
    const first = await list.getByRole('option').first().locator('strong').innerText()
    await page.keyboard.press('Enter')
    await page.locator('[data-undo="offered"]').filter({ hasText: request.number }).waitFor()
    await row.getByText(first.split(' ')[0]).first().waitFor()

    // Somebody changes it before it is taken back: that is refused, and says who.
    await call('dispatch.v1.DispatchService/AddNote', { operationId: randomUUID(), requestId: request.id, text: 'Ring før du kommer' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.locator('[data-undo="refused"]').filter({ hasText: 'Sentral-1 has changed' }).waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).last().click()

    await page.keyboard.press('Control+k')
    await page.locator('[data-palette]').fill(request.number)
    await page.locator('[data-entry^="requests-"]').filter({ hasText: request.number }).waitFor()
    await page.keyboard.press('Enter')
    await page.locator(`[data-panel="${request.number}"]`).getByText('Dispatched').first().waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    // The refusal above is reported by the browser as an error.
    assert.deepEqual(complaints.filter((one) => !/status of 409/.test(one)), [])
  } finally {
    await context.close()
    await end(request)
  }
})

test('of two dispatchers on one request the second is told who was first, and goes on from there', { timeout: 60_000 }, async () => {
  const request = await newRequest()
  const { user, password } = signIn('DISPATCHER')
  process.env.UTSENDT_SECOND = `${user.replace(/1$/, '2')}:${password}`
  const other = await callerFor('SECOND')
  const { context, page, row } = await board(request)
  try {
    await row.getByRole('button').focus()
    await page.keyboard.press('g')
    await page.getByRole('option', { selected: true }).waitFor()
    await other('dispatch.v1.DispatchService/Assign', { operationId: randomUUID(), requestId: request.id, technicianId: technician.id, expectedVersion: request.version })
    await page.keyboard.press('Enter')
    const told = page.getByRole('dialog', { name: 'It was not done' })
    await told.getByText(/Sentral-2 was first.*Assigned.*now: Dispatched/).waitFor()
    await told.getByRole('button', { name: 'Show it' }).click()

    const panel = page.locator(`[data-panel="${request.number}"]`)
    await panel.getByText('Dispatched').first().waitFor()
    // An end is asked about before; Escape leaves the question, and not the request.
    await panel.getByRole('button', { name: 'Cancel the request' }).click()
    await page.getByRole('dialog', { name: `Cancel ${request.number}` }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await panel.getByRole('button', { name: 'Recall' }).click()
    await panel.locator('textarea').fill('Kunden ringte')
    await panel.getByRole('button', { name: 'Recall' }).last().click()
    await row.getByText('To be scheduled', { exact: true }).waitFor()
  } finally {
    await context.close()
    await end(request)
  }
})
