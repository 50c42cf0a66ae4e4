import { mayRetry, problemOf } from './problem'

/**
 * Gives an operation its id. The same content keeps the same id until it is done, so that a double click, a
 * retry or a reload of the page makes the server do it once; other content is another operation.
 */
export class OperationId {
  private content: string | undefined
  private id = ''

  constructor(
    private readonly make: () => string = newId,
    /** Keeps the id across reloads; left out, it lives as long as the page. */
    private readonly keep?: { read(): string | null; write(value: string | null): void },
  ) {
    const kept = keep?.read()
    if (!kept) return
    const space = kept.indexOf(' ')
    if (space > 0) {
      this.id = kept.slice(0, space)
      this.content = kept.slice(space + 1)
    }
  }

  for(content: unknown): string {
    const text = JSON.stringify(content)
    if (this.content !== text) {
      this.content = text
      this.id = this.make()
      this.keep?.write(`${this.id} ${text}`)
    }
    return this.id
  }

  /** The server has answered: the next one is new, whatever its content. */
  done(): void {
    this.content = undefined
    this.keep?.write(null)
  }
}

/** A random UUID, also where the page is not served over https (crypto.randomUUID is missing there). */
export function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export interface SendOptions {
  /** Attempts in all. */
  attempts?: number
  /** Milliseconds before the second attempt; doubled for each one after. */
  wait?: number
  pause?: (ms: number) => Promise<void>
}

/**
 * Sends an operation, and again when no answer came or the server was busy. Only for calls that carry an
 * operation id. What was refused is thrown at once; so is the last failure.
 */
export async function send<T>(call: () => Promise<T>, options: SendOptions = {}): Promise<T> {
  const { attempts = 3, wait = 800, pause = (ms) => new Promise((done) => setTimeout(done, ms)) } = options
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (attempt >= attempts || !mayRetry(problemOf(error))) throw error
    }
    await pause(wait * 2 ** (attempt - 1))
  }
}
