import { newId } from '../../api/operation'
import { problemOf } from '../../api/problem'
import type { Problem } from '../../api/problem'
import type { Photo } from '../../gen/utsendt/portal/v1/portal_service_pb.js'
import { scaledDown } from './scale'

/** How a photo is brought to the server; tests bring their own. */
export interface Ways {
  scale(file: Blob): Promise<Blob>
  upload(operationId: string, data: Uint8Array, onProgress: (share: number) => void, signal: AbortSignal): Promise<Photo | undefined>
  show(file: Blob): string
  hide(url: string): void
}

/** A photo that was chosen. preparing: being scaled down or waiting for the one before; ready: the server has it. */
export class Chosen {
  readonly key: string
  readonly name: string
  state = $state<'preparing' | 'sending' | 'ready' | 'failed'>('preparing')
  /** Share that is sent, 0 to 1. */
  progress = $state(0)
  /** Address of a picture to show; empty before there is one that this browser can draw. */
  preview = $state('')
  problem = $state.raw<Problem>()
  /** Its id on the server, once it is ready. */
  id = $state('')

  constructor(
    readonly file: Blob | undefined,
    name: string,
  ) {
    this.key = newId()
    this.name = name
  }
}

interface Stored {
  id: string
  name: string
  preview: string
}

interface Part {
  read(): string | null
  write(value: string | null): void
}

const browser: Ways = {
  scale: scaledDown,
  // Loaded when a photo is chosen: most requests have none.
  upload: async (...args) => (await import('./client')).upload(...args),
  show: (file) => URL.createObjectURL(file),
  hide: (url) => {
    if (url.startsWith('blob:')) URL.revokeObjectURL(url)
  },
}

/** The photos of a form: uploaded one after the other as they are chosen, and named by id when the form is sent. */
export class Tray {
  list = $state.raw<Chosen[]>([])
  private queue: Promise<void> = Promise.resolve()
  private aborts = new Map<Chosen, AbortController>()

  constructor(
    /** Keeps what the server has across reloads. */
    private readonly keep?: Part,
    private readonly ways: Ways = browser,
  ) {
    for (const one of this.stored()) {
      const chosen = new Chosen(undefined, one.name)
      chosen.id = one.id
      chosen.preview = one.preview
      chosen.state = 'ready'
      this.list = [...this.list, chosen]
    }
  }

  get ids(): string[] {
    return this.list.filter((one) => one.state === 'ready').map((one) => one.id)
  }

  get busy(): boolean {
    return this.list.some((one) => one.state === 'preparing' || one.state === 'sending')
  }

  get failed(): boolean {
    return this.list.some((one) => one.state === 'failed')
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const chosen = new Chosen(file, file.name)
      this.list = [...this.list, chosen]
      this.enqueue(chosen)
    }
  }

  retry(chosen: Chosen): void {
    chosen.problem = undefined
    chosen.state = 'preparing'
    this.enqueue(chosen)
  }

  /** What the server has and nobody attaches, it removes itself within a day. */
  remove(chosen: Chosen): void {
    this.list = this.list.filter((one) => one !== chosen)
    this.aborts.get(chosen)?.abort()
    this.ways.hide(chosen.preview)
    this.store()
  }

  /** The page is left. */
  close(): void {
    for (const one of this.list) {
      this.aborts.get(one)?.abort()
      this.ways.hide(one.preview)
    }
  }

  private enqueue(chosen: Chosen): void {
    this.queue = this.queue.then(() => this.bring(chosen))
  }

  private async bring(chosen: Chosen): Promise<void> {
    if (!chosen.file || !this.list.includes(chosen)) return
    const abort = new AbortController()
    this.aborts.set(chosen, abort)
    try {
      const scaled = await this.ways.scale(chosen.file)
      if (abort.signal.aborted) return
      chosen.preview ||= this.ways.show(scaled)
      chosen.state = 'sending'
      chosen.progress = 0
      const data = new Uint8Array(await scaled.arrayBuffer())
      const photo = await this.ways.upload(chosen.key, data, (share) => (chosen.progress = share), abort.signal)
      if (abort.signal.aborted || !photo) return
      this.ways.hide(chosen.preview)
      chosen.id = photo.id
      chosen.preview = photo.thumbnailUrl
      chosen.state = 'ready'
      this.store()
    } catch (error) {
      if (abort.signal.aborted) return
      chosen.problem = problemOf(error)
      chosen.state = 'failed'
    } finally {
      this.aborts.delete(chosen)
    }
  }

  private store(): void {
    const ready = this.list.filter((one) => one.state === 'ready').map(({ id, name, preview }): Stored => ({ id, name, preview }))
    this.keep?.write(ready.length > 0 ? JSON.stringify(ready) : null)
  }

  private stored(): Stored[] {
    try {
      const found: unknown = JSON.parse(this.keep?.read() ?? '[]')
      if (!Array.isArray(found)) return []
      return found.filter((one: Partial<Stored> | null): one is Stored => typeof one?.id === 'string' && typeof one.name === 'string' && typeof one.preview === 'string')
    } catch {
      return []
    }
  }
}
