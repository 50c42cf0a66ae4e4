// The technician's app on the phone: its page and all its files, so that it opens without cover. Nothing else is kept; calls to
// the server and the other two apps' pages go through untouched.

/** What a build is made of, written into sw.js by shell.ts beside vite.config.ts. */
export interface Shell {
  /** Changes when any of the files does. */
  version: string
  /** Paths. The page is "/tech/". */
  files: string[]
}

const prefix = 'utsendt-tech-'
const page = '/tech/'

/** What a request is answered with from the phone: the page, a file of the shell, or nothing. */
export function answeredBy(shell: Shell, origin: string, request: { method: string; mode: string; url: string }): string | undefined {
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== origin) return undefined
  if (request.mode === 'navigate') return url.pathname === '/tech' || url.pathname.startsWith(page) ? page : undefined
  // Files of the shell never change under their names, or belong to the technician's app alone.
  return shell.files.includes(url.pathname) && url.pathname !== page ? url.pathname : undefined
}

export class ShellCache {
  private readonly name: string

  constructor(
    readonly shell: Shell,
    private readonly caches: CacheStorage,
    private readonly fetch: (request: Request | string) => Promise<Response>,
    private readonly origin: string,
  ) {
    this.name = prefix + shell.version
  }

  /** Whether this is a technician's phone: some version of the app is kept here. */
  async wanted(): Promise<boolean> {
    return (await this.caches.keys()).some((one) => one.startsWith(prefix))
  }

  /** Takes every file of this version; all or none. */
  async keep(): Promise<void> {
    if (await this.whole()) return
    const cache = await this.caches.open(this.name)
    try {
      // Past the browser's own cache, which may hold the page of the version before.
      await cache.addAll(this.shell.files.map((file) => new Request(file, { cache: file.startsWith('/assets/') ? 'default' : 'reload' })))
      await cache.put('/tech/whole', new Response(this.shell.version))
    } catch (error) {
      await this.caches.delete(this.name)
      throw error
    }
  }

  /** Removes what earlier versions left. */
  async tidy(): Promise<void> {
    const old = (await this.caches.keys()).filter((one) => one.startsWith(prefix) && one !== this.name)
    await Promise.all(old.map((one) => this.caches.delete(one)))
  }

  /** The answer to a request, or undefined when it is not ours to answer. */
  respond(request: Request): Promise<Response> | undefined {
    const file = answeredBy(this.shell, this.origin, request)
    return file === undefined ? undefined : this.from(file, request)
  }

  private async from(file: string, request: Request): Promise<Response> {
    // A page that is still of another version may ask for a file of its own: then the network is asked.
    const kept = (await this.caches.has(this.name)) ? await (await this.caches.open(this.name)).match(file) : undefined
    return kept ?? this.fetch(request)
  }

  private async whole(): Promise<boolean> {
    if (!(await this.caches.has(this.name))) return false
    return (await (await this.caches.open(this.name)).match('/tech/whole')) !== undefined
  }
}
