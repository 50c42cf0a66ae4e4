import 'fake-indexeddb/auto'
import { create } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { GuideArticleSchema } from '../../gen/utsendt/mobile/v1/guide_pb.js'
import type { Job } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import { JobSchema, MeSchema } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import { openIndexed } from '../store/indexed'
import type { PhoneStore } from '../store/store'
import { Book } from './book.svelte'

const listed = (n: number, version = 1n): Job => create(JobSchema, { requestId: `r${n}`, visitId: `v${n}`, number: `SR-${n}`, version, accountName: 'Prøvefirma' })
const full = (job: Job): Job => ({ ...job, guide: [{ $typeName: 'utsendt.mobile.v1.GuideEntry', slug: 'papir', title: 'Papirstopp' }], counters: [] })

function book(store: PhoneStore, person = 'kari') {
  const asked: string[] = []
  const world = { cover: true }
  const made: Book = new Book(person, store, {
    job: async (id) => {
      asked.push(id)
      if (!world.cover) throw new TypeError('Failed to fetch')
      return full(made.find(id)!)
    },
    guide: async (slug) => create(GuideArticleSchema, { slug, title: 'Papirstopp', html: '<p>Åpne døren.</p>' }),
    now: () => 5000,
  })
  return { made, asked, world }
}

let names = 0
const open = (name = `book-${++names}`) => openIndexed(indexedDB, name)

it('knows without cover what it heard last: jobs, their history and the articles', async () => {
  const name = `book-${++names}`
  const before = book(await open(name))
  await before.made.takeMe(create(MeSchema, { firstName: 'Kari', onDuty: true }))
  await before.made.take([listed(1), listed(2)])
  const { made } = book(await open(name))
  await made.read()
  expect(made.jobs?.map((one) => one.number)).toEqual(['SR-1', 'SR-2'])
  expect(made).toMatchObject({ heardAt: 5000, me: { onDuty: true } })
  expect(made.whole(made.jobs![0]!).guide[0]?.title).toBe('Papirstopp')
  expect(made.guides.get('papir')?.article.html).toContain('døren')
})

it('asks for a job again only when it has changed, and forgets those that are over', async () => {
  const { made, asked } = book(await open())
  await made.take([listed(1), listed(2)])
  await made.take([listed(1), listed(2)])
  expect(asked).toEqual(['r1', 'r2'])
  await made.take([listed(2, 2n)])
  expect(asked).toEqual(['r1', 'r2', 'r2'])
  expect([...made.details.keys()]).toEqual(['v2'])
})

it('goes on when the cover ends while it asks, and asks with the next list', async () => {
  const { made, world, asked } = book(await open())
  world.cover = false
  await made.take([listed(1)])
  expect(made.jobs).toHaveLength(1)
  world.cover = true
  await made.take([listed(1)])
  expect(asked).toEqual(['r1', 'r1'])
  expect(made.details.has('v1')).toBe(true)
})

it('shows nothing of somebody else\'s, and nothing after signing out', async () => {
  const name = `book-${++names}`
  const kari = book(await open(name))
  await kari.made.take([listed(1)])
  const ola = book(await open(name), 'ola')
  await ola.made.read()
  expect(ola.made.jobs).toBeUndefined()
  await kari.made.forget()
  const again = book(await open(name))
  await again.made.read()
  expect(again.made.jobs).toBeUndefined()
})

it('takes the job that a step is answered with, unless it knows a newer one', async () => {
  const { made } = book(await open())
  await made.take([listed(1, 3n)])
  made.replace({ ...listed(1, 2n), accountName: 'old' })
  expect(made.jobs?.[0]?.accountName).toBe('Prøvefirma')
  made.replace({ ...listed(1, 4n), accountName: 'new' })
  expect(made.jobs?.[0]?.accountName).toBe('new')
})
