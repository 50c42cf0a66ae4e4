import { Code, ConnectError } from '@connectrpc/connect'
import { newId } from '../../api/operation'
import type { Problem } from '../../api/problem'
import { problemOf } from '../../api/problem'
import type { Upload } from '../../gen/utsendt/mobile/v1/upload_pb.js'
import { UploadState } from '../../gen/utsendt/mobile/v1/upload_pb.js'
import type { VisitFileKind } from '../../gen/utsendt/dispatch/v1/visit_pb.js'
import type { Change, PhoneStore } from '../store/store'
import { isFull, keyOf } from '../store/store'
import { sha256 } from './digest'
import type { About, Entry } from './entry'
import type { Meaning } from './order'
import { meaningOf, wasOvertaken } from './order'

/** The largest piece that the server takes at once, in bytes. */
export const pieceSize = 256 * 1024

/** A photo or a signature; its bytes are kept beside it until the server has them all. */
export interface PhoneFile extends About {
  /** UUID; of the operation that announces it, too. */
  id: string
  kind: VisitFileKind
  type: string
  size: number
  sha256: Uint8Array<ArrayBuffer>
  /** Milliseconds by the phone's clock. */
  takenAt: number
  /** draft: the visit is not finished; waiting: follows the entry `after`; sent; refused: problem says why. */
  state: 'draft' | 'waiting' | 'sent' | 'refused'
  after?: string
  uploadId?: string
  /** Bytes that the server has. */
  offset: number
  answeredAt?: number
  problem?: Problem
}

export interface FileWorld {
  start(file: PhoneFile): Promise<Upload>
  append(uploadId: string, offset: number, data: Uint8Array<ArrayBuffer>): Promise<Upload>
  who(): Promise<string>
  now(): number
  changed(): void
}

/** The pictures of one person's visits on this phone: kept with the draft, sent piece by piece after the status, resumed where it stopped. */
export class Files {
  list = $state.raw<PhoneFile[]>([])
  full = $state(false)
  /** Where the phone has no room: as long as the page. */
  private readonly loose = new Map<string, { file: PhoneFile; bytes: Uint8Array<ArrayBuffer> | undefined }>()

  constructor(
    readonly person: string,
    private readonly store: PhoneStore,
    private readonly world: FileWorld,
  ) {}

  of(visitId: string): PhoneFile[] {
    return this.list.filter((one) => one.visitId === visitId)
  }

  get unsent(): PhoneFile[] {
    return this.list.filter((one) => one.state === 'waiting')
  }

  async read(): Promise<void> {
    const kept = await this.store.all<PhoneFile>('files', keyOf(this.person, 'file', ''))
    const byId = new Map(kept.map((one) => [one.id, one]))
    for (const { file } of this.loose.values()) byId.set(file.id, file)
    this.list = [...byId.values()].sort((a, b) => a.takenAt - b.takenAt || (a.id < b.id ? -1 : 1))
  }

  /** Adds a picture to the draft of a visit. */
  async add(about: About, kind: VisitFileKind, picture: Blob): Promise<void> {
    const bytes = new Uint8Array(await picture.arrayBuffer())
    const sum = await sha256(bytes)
    const { requestId, visitId, number, account } = about
    const file: PhoneFile = {
      requestId, visitId, number, account, id: newId(), kind, type: picture.type, size: bytes.length, sha256: sum,
      takenAt: this.world.now(), state: 'draft', offset: 0,
    }
    await this.keep(file, bytes)
    await this.read()
  }

  async remove(id: string): Promise<void> {
    this.loose.delete(id)
    await this.store.write(this.forgotten(id))
    await this.read()
  }

  async bytes(id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.loose.get(id)?.bytes ?? (await this.store.get<Uint8Array<ArrayBuffer>>('files', keyOf(this.person, 'bytes', id)))
  }

  /** Whether some picture ends with the page. */
  get unkept(): boolean {
    return this.full && this.loose.size > 0
  }

  /** What a press of "finish" changes: the pictures of the draft follow it. */
  follow(entry: Entry): Change[] {
    return this.changeAll(this.of(entry.visitId).filter((one) => one.state === 'draft'), (one) => ({ ...one, state: 'waiting', after: entry.id }))
  }

  /** What a refusal of "finish" changes: the pictures are of the draft again, unless the office has taken the job, when they are sent all the same. */
  giveBack(entry: Entry): Change[] {
    if (wasOvertaken(entry)) return []
    return this.changeAll(this.list.filter((one) => one.after === entry.id && one.state === 'waiting'), ({ after: _, ...one }) => ({ ...one, state: 'draft' }))
  }

  /** Sends what waits, but for what follows an entry that waits itself. */
  async send(waiting: Entry[]): Promise<Meaning | undefined> {
    await this.read()
    const ready = this.unsent.filter((one) => !waiting.some((entry) => entry.id === one.after))
    if (ready.length === 0) return undefined
    if ((await this.world.who()) !== this.person) return 'someone_else'
    let left: Meaning | undefined
    for (const file of ready) {
      const meaning = await this.sendOne(file)
      if (meaning === 'stop' || meaning === 'signed_out' || meaning === 'someone_else') return meaning
      if (meaning === 'later') left = meaning
    }
    return left
  }

  private async sendOne(first: PhoneFile): Promise<Meaning | undefined> {
    let file = first
    try {
      const bytes = await this.bytes(file.id)
      if (!bytes) throw new ConnectError('the picture is not on the phone any more', Code.NotFound)
      let upload: Upload | undefined
      for (let round = 0; upload?.state !== UploadState.STORED; round++) {
        if (!file.uploadId) {
          upload = await this.world.start(file)
          file = { ...file, uploadId: upload.id }
        } else {
          upload = await this.world.append(file.uploadId, file.offset, bytes.slice(file.offset, file.offset + pieceSize))
        }
        // A server that takes nothing would keep us here for ever.
        if (round > 4 + 2 * Math.ceil(file.size / pieceSize)) throw new Error('the upload does not go on')
        file = { ...file, offset: Number(upload.offset) }
        await this.keep(file)
        this.show(file)
      }
      const { problem: _, ...rest } = file
      await this.end({ ...rest, state: 'sent', answeredAt: this.world.now() })
      return undefined
    } catch (error) {
      const problem = problemOf(error)
      const meaning = meaningOf(problem)
      if (problem.reason === 'upload_not_found') {
        await this.beginAnew(file)
        return 'later'
      }
      if (meaning !== 'refused') await this.keep({ ...file, problem })
      else await this.end({ ...file, state: 'refused', answeredAt: this.world.now(), problem })
      await this.read()
      return meaning === 'refused' ? undefined : meaning
    }
  }

  /** The server has forgotten what arrived: from the start, under a new operation. */
  private async beginAnew({ uploadId: _, problem: __, ...file }: PhoneFile): Promise<void> {
    const bytes = await this.bytes(file.id)
    const next = { ...file, id: newId(), offset: 0 }
    if (this.loose.delete(file.id)) {
      this.loose.set(next.id, { file: next, bytes })
    } else {
      await this.store.write([
        ...this.forgotten(file.id),
        { bucket: 'files', key: this.keyOf(next.id), value: next },
        { bucket: 'files', key: keyOf(this.person, 'bytes', next.id), value: bytes },
      ])
    }
    await this.read()
  }

  /** The bytes go when the server has them; when it refused them, the technician may still want to see which it was. */
  private async end(file: PhoneFile): Promise<void> {
    const held = this.loose.get(file.id)
    if (held) this.loose.set(file.id, { file, bytes: file.state === 'sent' ? undefined : held.bytes })
    const changes: Change[] = [{ bucket: 'files', key: this.keyOf(file.id), value: file }]
    if (file.state === 'sent') changes.push({ bucket: 'files', key: keyOf(this.person, 'bytes', file.id), value: undefined })
    await this.store.write(changes).catch(() => this.loose.set(file.id, { file, bytes: undefined }))
    await this.read()
    this.world.changed()
  }

  private async keep(file: PhoneFile, bytes?: Uint8Array<ArrayBuffer>): Promise<void> {
    const held = this.loose.get(file.id)
    if (held) {
      this.loose.set(file.id, { file, bytes: bytes ?? held.bytes })
      return
    }
    const changes: Change[] = [{ bucket: 'files', key: this.keyOf(file.id), value: file }]
    if (bytes) changes.push({ bucket: 'files', key: keyOf(this.person, 'bytes', file.id), value: bytes })
    try {
      await this.store.write(changes)
    } catch (error) {
      this.full ||= isFull(error)
      this.loose.set(file.id, { file, bytes })
    }
  }

  private changeAll(files: PhoneFile[], change: (file: PhoneFile) => PhoneFile): Change[] {
    const next = files.map(change)
    for (const file of next) {
      const held = this.loose.get(file.id)
      if (held) this.loose.set(file.id, { ...held, file })
      this.show(file)
    }
    return next.filter((one) => !this.loose.has(one.id)).map((one) => ({ bucket: 'files', key: this.keyOf(one.id), value: one }))
  }

  private show(file: PhoneFile): void {
    this.list = this.list.map((one) => (one.id === file.id ? file : one))
  }

  private forgotten(id: string): Change[] {
    return [this.keyOf(id), keyOf(this.person, 'bytes', id)].map((key) => ({ bucket: 'files', key, value: undefined }))
  }

  private keyOf(id: string): string {
    return keyOf(this.person, 'file', id)
  }
}
