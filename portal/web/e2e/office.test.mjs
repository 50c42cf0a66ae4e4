// The office: a registration that waits is approved, and an order goes from the shelf to the customer.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { callerFor } from './api.mjs'
import { enter, newPerson, signIn, startBrowser } from './browser.mjs'

let session
let call
before(async () => {
  session = await startBrowser()
  call = await callerFor('DISPATCHER')
})
after(() => session?.close())

/** Opens a page of the office as staff. */
async function office(path) {
  const person = await newPerson(session.browser)
  await person.page.goto(path)
  await enter(person.page, signIn('DISPATCHER'))
  return person
}

test('a registration that waits is approved, and leaves the list', { timeout: 60_000 }, async () => {
  const { registrations = [], total } = await call('backoffice.v1.ApprovalService/ListPendingRegistrations', { pageSize: 100 })
  assert.ok(registrations.length > 0, 'no registration waits: the demo has been used up')
  const { id, serialNumber } = registrations[0].registration
  const { context, page, complaints } = await office('/board/approvals')
  try {
    const row = page.locator(`[data-registration="${serialNumber}"]`)
    await row.waitFor()
    assert.equal(await page.locator('[data-count]').first().getAttribute('data-count'), String(total))

    // A refusal asks for a reason first, and can be left.
    await row.getByRole('button', { name: 'Refuse' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Refuse' }).click()
    await dialog.getByText('This must be filled in.').or(dialog.locator('[aria-invalid="true"]')).first().waitFor()
    await dialog.getByRole('button', { name: 'Back' }).click()
    await dialog.waitFor({ state: 'detached' })

    await row.getByRole('button', { name: 'Approve' }).click()
    await row.waitFor({ state: 'detached' })
    const left = await call('backoffice.v1.ApprovalService/ListPendingRegistrations', { pageSize: 100 })
    assert.ok(!(left.registrations ?? []).some((one) => one.registration.id === id), 'it still waits')
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
})

test('an order is picked and shipped, and who comes second is told how it stands', { timeout: 90_000 }, async () => {
  // The same again as somebody ordered before.
  const { orders = [] } = await call('backoffice.v1.OrderService/ListOrders', { states: ['ORDER_STATE_PICKED', 'ORDER_STATE_SHIPPED'] })
  const { serialNumber, lines } = orders[0].order
  const placed = await call('backoffice.v1.OrderService/PlaceOrder', {
    operationId: randomUUID(),
    serialNumber,
    lines: lines.map(({ supplyId }) => ({ supplyId, quantity: 1 })),
  })
  const { id, number } = placed.order.order
  const { context, page, complaints } = await office(`/board/orders?state=placed&q=${number}`)
  try {
    await page.locator(`[data-order="${number}"] a`).click()
    await page.locator('[data-order-state="placed"]').waitFor()

    // Somebody else picks it while it is being cancelled here.
    await page.getByRole('button', { name: 'Cancel the order' }).click()
    await page.getByRole('dialog').locator('textarea').fill('Ordered twice')
    await call('backoffice.v1.OrderService/PickOrder', { operationId: randomUUID(), orderId: id })
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the order' }).click()
    await page.getByRole('alert').filter({ hasText: 'It is now: Picked' }).waitFor()
    await page.locator('[data-order-state="picked"]').waitFor()

    await page.getByRole('button', { name: 'Mark as shipped' }).click()
    const form = page.locator('#main form')
    await form.locator('option', { hasText: 'Eksempelpost' }).waitFor({ state: 'attached' })
    await form.locator('button[type="submit"]').click()
    await form.locator('[aria-invalid="true"]').waitFor()
    await form.locator('select').selectOption('Eksempelpost')
    await form.getByLabel('Tracking number').fill('E2E123')
    await form.locator('button[type="submit"]').dblclick()
    await page.locator('[data-order-state="shipped"]').waitFor()
    await page.getByRole('link', { name: 'E2E123' }).waitFor()

    // What the customer was told stands below.
    await page.locator('[data-messages] summary').click()
    await page.locator('[data-messages] li [data-delivery]').first().waitFor()
    // The 409 of the cancellation that came second is the browser's to report, and no fault of the page.
    assert.deepEqual(complaints.filter((one) => !/status of 4(09|00|12)/.test(one)), [])
  } finally {
    await context.close()
  }
})
