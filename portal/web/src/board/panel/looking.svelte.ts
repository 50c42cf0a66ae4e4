import type { Candidate, GetRequestResponse } from '../../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import type { VisitReport } from '../../gen/utsendt/dispatch/v1/visit_pb.js'
import type { Photo } from '../../gen/utsendt/portal/v1/portal_service_pb.js'
import { problemOf } from '../../api/problem'
import type { Problem } from '../../api/problem'
import { dispatch, photos } from '../clients'

/** How many candidates the panel shows. */
const shown = 12

/** One request as it is read for the panel: its history, what may be done, who could go, its visits and photos. */
export class Looking {
  details = $state.raw<GetRequestResponse>()
  candidates = $state.raw<Candidate[]>()
  photos = $state.raw<Photo[]>([])
  /** What was done at each visit. */
  reports = $state.raw<VisitReport[]>([])
  problem = $state.raw<Problem>()
  /** Nobody knows who could go: told apart from the request itself, which is there. */
  candidatesProblem = $state.raw<Problem>()
  private latest = 0

  constructor(private readonly id: string) {}

  /** Reads it again; of two answers the newer question's counts. */
  async load(): Promise<void> {
    const mine = ++this.latest
    try {
      const details = await dispatch.getRequest({ id: this.id })
      if (mine !== this.latest) return
      this.details = details
      this.problem = undefined
    } catch (error) {
      if (mine === this.latest) this.problem = problemOf(error)
      return
    }
    await Promise.all([this.loadCandidates(mine), this.loadPhotos(mine), this.loadReports(mine)])
  }

  async loadCandidates(mine = this.latest): Promise<void> {
    const allowed = this.details?.allowed ?? []
    if (!allowed.includes('assign') && !allowed.includes('reassign')) {
      this.candidates = this.candidatesProblem = undefined
      return
    }
    try {
      const { candidates } = await dispatch.listCandidates({ requestId: this.id, limit: shown })
      if (mine !== this.latest) return
      this.candidates = candidates
      this.candidatesProblem = undefined
    } catch (error) {
      if (mine === this.latest) this.candidatesProblem = problemOf(error)
    }
  }

  private async loadPhotos(mine: number): Promise<void> {
    try {
      const { photos: list } = await photos.listPhotos({ requestId: this.id })
      if (mine === this.latest) this.photos = list
    } catch {
      // What was there stays; the next look asks again.
    }
  }

  private async loadReports(mine: number): Promise<void> {
    try {
      const { visits } = await dispatch.listVisits({ requestId: this.id })
      if (mine === this.latest) this.reports = visits
    } catch {
      // The visits themselves come with the request.
    }
  }
}
