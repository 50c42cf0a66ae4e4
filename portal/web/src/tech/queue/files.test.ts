import 'fake-indexeddb/auto'
import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { describe, expect, it } from 'vitest'
import { FaultSchema } from '../../gen/utsendt/fault/v1/fault_pb.js'
import { VisitFileKind } from '../../gen/utsendt/dispatch/v1/visit_pb.js'
import type { Upload } from '../../gen/utsendt/mobile/v1/upload_pb.js'
import { UploadSchema, UploadState } from '../../gen/utsendt/mobile/v1/upload_pb.js'
import { openIndexed } from '../store/indexed'
import { MemoryStore } from '../store/memory'
import type { PhoneStore } from '../store/store'
import type { Entry } from './entry'
import { Files, pieceSize } from './files.svelte'

const about = { requestId: 'r1', visitId: 'v1', number: 'SR-1', account: 'Prøvefirma' }
const complete = (state: Entry['state'], reason = ''): Entry => ({
  ...about, n: 1, id: 'finish', person: 'kari', step: 'complete', pressedAt: 0, content: {}, state,
  ...(reason ? { problem: { reason, field: '', params: {}, text: '', retryAfterSeconds: undefined, incident: '', code: Code.FailedPrecondition, unreachable: false } } : {}),
})
const picture = (size: number) => new Blob([Uint8Array.from({ length: size }, (_, i) => i % 251)], { type: 'image/jpeg' })
const refused = (reason: string, code: Code) => new ConnectError(reason, code, undefined, [{ desc: FaultSchema, value: { reason } }])

/** A server that takes pieces as the real one does. */
class Server {
  readonly arrived = new Map<string, number[]>()
  readonly started: string[] = []
  pieces = 0
  fails: (call: 'start' | 'append') => Error | undefined = () => undefined
  sizes = new Map<string, number>()
  start(id: string, size: number): Upload {
    const failure = this.fails('start')
    if (failure) throw failure
    this.started.push(id)
    if (!this.arrived.has(id)) this.arrived.set(id, [])
    this.sizes.set(id, size)
    return this.upload(id)
  }
  append(id: string, offset: number, data: Uint8Array): Upload {
    this.pieces++
    const failure = this.fails('append')
    if (failure) throw failure
    const bytes = this.arrived.get(id)
    if (!bytes) throw refused('upload_not_found', Code.NotFound)
    if (offset === bytes.length) for (const byte of data) bytes.push(byte)
    return this.upload(id)
  }
  private upload(id: string): Upload {
    const [offset, size] = [this.arrived.get(id)!.length, this.sizes.get(id)!]
    return create(UploadSchema, { id, offset: BigInt(offset), size: BigInt(size), state: offset === size ? UploadState.STORED : UploadState.RECEIVING })
  }
}

function phone(store: PhoneStore, server: Server, signedIn = 'kari') {
  return new Files('kari', store, {
    start: async (file) => server.start(file.id, file.size),
    append: async (id, offset, data) => server.append(id, offset, data),
    who: async () => signedIn,
    now: () => 1000,
    changed: () => {},
  })
}

let names = 0
const stores: [string, () => Promise<PhoneStore>][] = [
  ['IndexedDB', () => openIndexed(indexedDB, `files-${++names}`)],
  ['memory', async () => new MemoryStore()],
]

describe.each(stores)('pictures in %s', (_, open) => {
  it('wait for the status, then go piece by piece, and their bytes leave the phone', async () => {
    const [store, server] = [await open(), new Server()]
    const files = phone(store, server)
    await files.add(about, VisitFileKind.PHOTO, picture(2 * pieceSize + 7))
    await files.send([])
    expect(server.started).toEqual([]) // a draft is nobody else's business
    await store.write(files.follow(complete('waiting')))
    expect(await files.send([complete('waiting')])).toBeUndefined()
    expect(server.started).toEqual([])
    expect(await files.send([])).toBeUndefined()
    const [file] = files.list
    expect(file).toMatchObject({ state: 'sent', offset: 2 * pieceSize + 7 })
    expect(server.pieces).toBe(3)
    const sent = Buffer.from(await picture(2 * pieceSize + 7).arrayBuffer())
    expect(sent.equals(Uint8Array.from(server.arrived.get(file!.id)!))).toBe(true)
    expect(await files.bytes(file!.id)).toBeUndefined()
  })

  it('go on where they stopped, in a page that knows only the store', async () => {
    const [store, server] = [await open(), new Server()]
    const files = phone(store, server)
    await files.add(about, VisitFileKind.PHOTO, picture(3 * pieceSize))
    await store.write(files.follow(complete('waiting')))
    server.fails = (call) => (call === 'append' && server.pieces > 1 ? new ConnectError('gone', Code.Unavailable) : undefined)
    expect(await files.send([])).toBe('stop')
    expect(files.list).toMatchObject([{ state: 'waiting', offset: pieceSize }])
    server.fails = () => undefined
    server.pieces = 0
    const after = phone(store, server)
    expect(await after.send([])).toBeUndefined()
    expect(server.started).toHaveLength(1)
    expect(server.pieces).toBe(2)
    expect(after.list).toMatchObject([{ state: 'sent' }])
  })

  it('begin anew under another operation when the server has forgotten them', async () => {
    const [store, server] = [await open(), new Server()]
    const files = phone(store, server)
    await files.add(about, VisitFileKind.PHOTO, picture(pieceSize * 2))
    await store.write(files.follow(complete('waiting')))
    server.fails = (call) => (call === 'append' && server.pieces > 1 ? new ConnectError('gone', Code.Unavailable) : undefined)
    await files.send([])
    server.fails = () => undefined
    server.arrived.clear()
    expect(await files.send([])).toBe('later')
    expect(await files.send([])).toBeUndefined()
    expect(new Set(server.started).size).toBe(2)
    expect(files.list).toMatchObject([{ state: 'sent' }])
  })
})

it('a refused picture is told and holds up no other', async () => {
  const [store, server] = [new MemoryStore(), new Server()]
  const files = phone(store, server)
  await files.add(about, VisitFileKind.PHOTO, picture(9))
  await files.add(about, VisitFileKind.SIGNATURE, picture(5))
  await store.write(files.follow(complete('waiting')))
  let first = true
  server.fails = () => {
    const failure = first ? refused('visit_files_full', Code.FailedPrecondition) : undefined
    first = false
    return failure
  }
  expect(await files.send([])).toBeUndefined()
  expect(files.list.map((one) => one.state).sort()).toEqual(['refused', 'sent'])
})

it('pictures of a finish that was refused are of the draft again, but not when the office took the job', async () => {
  const [store, server] = [new MemoryStore(), new Server()]
  const files = phone(store, server)
  await files.add(about, VisitFileKind.PHOTO, picture(9))
  await store.write(files.follow(complete('waiting')))
  await store.write(files.giveBack(complete('refused', 'overtaken')))
  expect(files.list).toMatchObject([{ state: 'waiting' }])
  await store.write(files.giveBack(complete('refused', 'counter_out_of_range')))
  await files.read()
  expect(files.list).toMatchObject([{ state: 'draft' }])
  expect(files.list[0]).not.toHaveProperty('after')
})

it('never go out in another\'s name', async () => {
  const [store, server] = [new MemoryStore(), new Server()]
  const files = phone(store, server, 'ola')
  await files.add(about, VisitFileKind.PHOTO, picture(9))
  await store.write(files.follow(complete('waiting')))
  expect(await files.send([])).toBe('someone_else')
  expect(server.started).toEqual([])
})

it('are sent from memory when the phone is full, and it is told', async () => {
  const [store, server] = [new MemoryStore(), new Server()]
  store.write = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'))
  const files = phone(store, server)
  await files.add(about, VisitFileKind.PHOTO, picture(9))
  expect(files).toMatchObject({ full: true, unkept: true })
  files.follow(complete('waiting'))
  expect(await files.send([])).toBeUndefined()
  expect(files.list).toMatchObject([{ state: 'sent' }])
})
