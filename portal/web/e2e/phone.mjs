// What a finger does on a technician's phone.

/** Draws a line in the field for the signature. */
export async function draw(page) {
  const pad = page.locator('canvas')
  await pad.scrollIntoViewIfNeeded()
  const box = await pad.boundingBox()
  await page.mouse.move(box.x + 20, box.y + 30)
  await page.mouse.down()
  await page.mouse.move(box.x + 150, box.y + 50, { steps: 5 })
  await page.mouse.up()
}
