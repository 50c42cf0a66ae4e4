import { describe, expect, it } from 'vitest'
import { answeredBy, ShellCache } from './shell'
import type { Shell } from './shell'

const origin = 'https://utsendt.example'
const shell = (version: string, ...files: string[]): Shell => ({ version, files: ['/tech/', ...files] })
const now = shell('2', '/assets/tech-b.js', '/icon.svg')

describe('what is answered from the phone', () => {
  it.each([
    ['navigate', 'GET', '/tech', '/tech/'],
    ['navigate', 'GET', '/tech/', '/tech/'],
    ['navigate', 'GET', '/tech/jobs/1?from=push', '/tech/'],
    ['cors', 'GET', '/assets/tech-b.js', '/assets/tech-b.js'],
    ['no-cors', 'GET', '/icon.svg', '/icon.svg'],
    ['navigate', 'GET', '/', undefined],
    ['navigate', 'GET', '/board/', undefined],
    ['navigate', 'GET', '/technicians', undefined],
    ['cors', 'GET', '/tech/', undefined],
    ['cors', 'GET', '/assets/board-a.js', undefined],
    ['cors', 'POST', '/utsendt.mobile.v1.MobileService/Accept', undefined],
    ['cors', 'GET', '/utsendt.mobile.v1.MobileService/ListJobs?message=', undefined],
    ['navigate', 'POST', '/tech/', undefined],
  ])('%s %s %s: %s', (mode, method, path, expected) => {
    expect(answeredBy(now, origin, { mode, method, url: origin + path })).toBe(expected)
  })

  it('never another site\'s', () => {
    expect(answeredBy(now, origin, { mode: 'cors', method: 'GET', url: 'https://elsewhere.example/icon.svg' })).toBeUndefined()
  })
})

/** A browser's caches, with a network that has or has not what is asked for. */
class Caches {
  readonly kept = new Map<string, Map<string, string>>()
  network: (path: string) => string | undefined = (path) => `net ${path}`
  async keys() {
    return [...this.kept.keys()]
  }
  async has(name: string) {
    return this.kept.has(name)
  }
  async delete(name: string) {
    return this.kept.delete(name)
  }
  async open(name: string) {
    const files = this.kept.get(name) ?? new Map<string, string>()
    this.kept.set(name, files)
    return {
      match: async (path: string) => (files.has(path) ? new Response(files.get(path)) : undefined),
      put: async (path: string, response: Response) => void files.set(path, await response.text()),
      addAll: async (requests: Request[]) => {
        const answers = requests.map((one) => [one.url, this.network(one.url)] as const)
        if (answers.some(([, text]) => text === undefined)) throw new TypeError('Failed to fetch')
        for (const [path, text] of answers) files.set(path, text as string)
      },
    }
  }
}

// Node's Request takes no paths.
class PathRequest {
  constructor(readonly url: string) {}
}
globalThis.Request = PathRequest as unknown as typeof Request

const worker = (caches: Caches, version: Shell) =>
  new ShellCache(version, caches as unknown as CacheStorage, async (request) => new Response(`net ${typeof request === 'string' ? request : request.url}`), origin)
const ask = async (cache: ShellCache, path: string, mode = 'navigate') => {
  const answer = cache.respond({ method: 'GET', mode, url: origin + path } as Request)
  return answer && (await (await answer).text())
}

describe('the kept app', () => {
  it('is nothing until the technician\'s page asks for it: customers fetch nothing', async () => {
    const caches = new Caches()
    const cache = worker(caches, now)
    expect(await cache.wanted()).toBe(false)
    expect(await ask(cache, '/tech/')).toBe(`net ${origin}/tech/`)
    await cache.keep()
    expect(await cache.wanted()).toBe(true)
    caches.network = () => undefined
    expect(await ask(cache, '/tech/jobs/1')).toBe('net /tech/')
    expect(await ask(cache, '/assets/tech-b.js', 'cors')).toBe('net /assets/tech-b.js')
  })

  it('is whole or not there', async () => {
    const caches = new Caches()
    caches.network = (path) => (path.endsWith('.js') ? undefined : path)
    const cache = worker(caches, now)
    await expect(cache.keep()).rejects.toThrow()
    expect(await cache.wanted()).toBe(false)
  })

  it('goes on with the old version until the new one is taken, then removes the old', async () => {
    const caches = new Caches()
    const old = worker(caches, shell('1', '/assets/tech-a.js'))
    caches.network = (path) => `old ${path}`
    await old.keep()
    const next = worker(caches, now)
    caches.network = (path) => `new ${path}`
    await next.keep()
    expect(await ask(old, '/tech/')).toBe('old /tech/')
    await next.tidy()
    expect(await caches.keys()).toEqual(['utsendt-tech-2'])
    expect(await ask(next, '/tech/')).toBe('new /tech/')
  })
})
