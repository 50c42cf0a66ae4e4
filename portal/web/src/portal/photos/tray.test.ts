import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { expect, it, vi } from 'vitest'
import { PhotoSchema } from '../../gen/utsendt/portal/v1/portal_service_pb.js'
import { Tray } from './tray.svelte'
import type { Ways } from './tray.svelte'

const file = (name: string) => new File(['x'], name)
const photo = (id: string) => create(PhotoSchema, { id, thumbnailUrl: `/photos/${id}?size=thumb` })

function world(upload: Ways['upload']) {
  let text: string | null = null
  const keep = { read: () => text, write: (value: string | null) => void (text = value) }
  const ways: Ways = { scale: async (blob) => blob, upload, show: () => 'blob:1', hide: () => {} }
  return { keep, ways, tray: new Tray(keep, ways) }
}

it('uploads one after the other, in order, and is there after a reload', async () => {
  let running = 0
  let most = 0
  let count = 0
  const { tray, keep, ways } = world(async () => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running--
    return photo(`p${++count}`)
  })
  tray.add([file('a.jpg'), file('b.jpg'), file('c.jpg')])
  expect(tray.busy).toBe(true)
  await vi.waitFor(() => expect(tray.busy).toBe(false))
  expect(tray.ids).toEqual(['p1', 'p2', 'p3'])
  expect(most).toBe(1)
  tray.remove(tray.list[1]!)
  const again = new Tray(keep, ways)
  expect(again.ids).toEqual(['p1', 'p3'])
  expect(again.list.map((one) => one.name)).toEqual(['a.jpg', 'c.jpg'])
})

it('keeps what failed with its reason, lets the rest go on, and tries again under the same id', async () => {
  const keys: string[] = []
  const { tray } = world(async (key) => {
    keys.push(key)
    if (keys.length === 1) throw new ConnectError('no', Code.InvalidArgument)
    return photo(`p${keys.length}`)
  })
  tray.add([file('bad.jpg'), file('good.jpg')])
  await vi.waitFor(() => expect(tray.busy).toBe(false))
  expect(tray.failed).toBe(true)
  expect(tray.list[0]?.problem?.code).toBe(Code.InvalidArgument)
  expect(tray.ids).toEqual(['p2'])
  tray.retry(tray.list[0]!)
  await vi.waitFor(() => expect(tray.ids).toEqual(['p3', 'p2']))
  expect(keys[2]).toBe(keys[0])
})

it('forgets what is removed while it is sent', async () => {
  const { tray, keep } = world((_key, _data, _progress, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))))
  tray.add([file('a.jpg')])
  await vi.waitFor(() => expect(tray.list[0]?.state).toBe('sending'))
  tray.remove(tray.list[0]!)
  expect(tray.list).toEqual([])
  expect(keep.read()).toBeNull()
})

it.each(['no json', '{}', '[null,{"id":7}]'])('does not trust what was kept: %s', (text) => {
  expect(new Tray({ read: () => text, write: () => {} }).list).toEqual([])
})
