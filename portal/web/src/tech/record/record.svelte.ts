import type { Problem } from '../../api/problem'
import { problemOf } from '../../api/problem'
import type { ListOperationsResponse, OperationFate } from '../../gen/utsendt/mobile/v1/operation_pb.js'
import { OperationState } from '../../gen/utsendt/mobile/v1/operation_pb.js'

export interface RecordSources {
  /** A page of all that the server knows of this technician's operations, the newest first. */
  page(token: string): Promise<ListOperationsResponse>
  /** What it knows of these. */
  of(ids: string[]): Promise<ListOperationsResponse>
}

/** As many as the server tells at once. */
const most = 500

/** What the server knows of a technician's operations, from whatever phone: read in pages as the technician asks for them. */
export class ServerRecord {
  fates = $state.raw<ReadonlyMap<string, OperationFate>>(new Map())
  /** none: not read; whole: there is nothing older. */
  status = $state<'none' | 'reading' | 'part' | 'whole'>('none')
  problem = $state.raw<Problem>()
  private token = ''

  constructor(private readonly sources: RecordSources) {}

  /** Reads from the newest on; waiting are those that this phone has no answer to, however old: the answer may have been lost. */
  async read(waiting: string[]): Promise<void> {
    this.token = ''
    await this.work(async () => {
      const found = new Map<string, OperationFate>()
      for (let at = 0; at < waiting.length; at += most) keep(found, await this.sources.of(waiting.slice(at, at + most)))
      const page = await this.sources.page('')
      this.fates = keep(found, page)
      return page
    })
  }

  async more(): Promise<void> {
    if (this.status !== 'part') return
    await this.work(async () => {
      const page = await this.sources.page(this.token)
      this.fates = keep(new Map(this.fates), page)
      return page
    })
  }

  private async work(fetch: () => Promise<ListOperationsResponse>): Promise<void> {
    if (this.status === 'reading') return
    const before = this.status
    this.status = 'reading'
    try {
      const { nextPageToken } = await fetch()
      this.token = nextPageToken
      this.problem = undefined
      this.status = nextPageToken ? 'part' : 'whole'
    } catch (error) {
      this.problem = problemOf(error)
      this.status = before
    }
  }
}

function keep(found: Map<string, OperationFate>, { fates }: ListOperationsResponse): Map<string, OperationFate> {
  for (const one of fates) if (one.state !== OperationState.UNKNOWN && one.state !== OperationState.UNSPECIFIED) found.set(one.id, one)
  return found
}
