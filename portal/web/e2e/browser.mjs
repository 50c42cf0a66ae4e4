// Starts Chromium and opens pages that note everything a healthy page does not do.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

function needed(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: see portal/web/e2e/README.md`)
  return value
}

export const baseUrl = needed('UTSENDT_URL').replace(/\/$/, '')

export function signIn(role) {
  const [user, ...password] = needed(`UTSENDT_${role}`).split(':')
  return { user, password: password.join(':') }
}

/** One browser with a profile of its own, which is removed when it is closed. */
export async function startBrowser() {
  const profile = await mkdtemp(join(tmpdir(), 'utsendt-e2e-'))
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--enable-unsafe-swiftshader', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
      `--disk-cache-dir=${profile}`,
    ],
  })
  return {
    browser,
    async close() {
      await browser.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** A browser of one person. `complaints` fills with what a healthy page never says. */
export async function newPerson(browser, { language = 'en', width = 1280, height = 900, dark = false, touch = false } = {}) {
  const context = await browser.newContext({
    baseURL: baseUrl,
    locale: language === 'nb' ? 'nb-NO' : 'en-GB',
    timezoneId: 'Europe/Oslo',
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    hasTouch: touch,
    reducedMotion: 'reduce',
    geolocation: { latitude: 59.9139, longitude: 10.7522, accuracy: 10 },
    permissions: ['geolocation'],
  })
  const page = await context.newPage()
  const complaints = []
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    // The answer to "who am I" before signing in; the browser reports every 401 as an error.
    if (/status of 401/.test(message.text())) return
    // Chromium on how quick its own WebGL is.
    if (/GL Driver Message/.test(message.text())) return
    complaints.push(`console: ${message.text()}`)
  })
  await page.addInitScript(() => {
    window.cspViolations = []
    document.addEventListener('securitypolicyviolation', (event) =>
      window.cspViolations.push(`${event.violatedDirective}: ${event.blockedURI}`),
    )
  })
  return { context, page, complaints }
}

/** Signs in on the page that is open. */
export async function enter(page, { user, password }) {
  await page.locator('input[autocomplete="username"]').first().fill(user)
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.locator('form button[type="submit"]').click()
  await page.locator('#main').waitFor()
}
