import { flushSync } from 'svelte'
import type { Attachment } from 'svelte/attachments'
import type { Candidate, Technician } from '../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import type { Request } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { announce } from '../components/announce.svelte'
import { t } from '../i18n/language.svelte'
import { Doing } from './acts/doing.svelte'
import { dispatch } from './clients'
import { desk } from './desk.svelte'
import { Autoscroll } from './give/autoscroll'
import type { Fit } from './give/fitness'
import { fitOf, onDrop, wayToGive } from './give/fitness'
import { Press } from './give/press'
import { shortcuts } from './palette/shortcuts.svelte'

/** As many candidates as the server judges at once. */
const judged = 50

/**
 * A request in somebody's hand, on its way to a technician: carried by mouse or finger ("carrying"), or given by choosing
 * from a list ("choosing"), which is the keyboard's way and that of a phone where no technician is in sight. Where it may
 * be dropped is marked with data-technician in the page, or told by the map. It is the version that was picked up that is
 * given: when somebody else was first meanwhile, the drop is refused and says who.
 */
class Drag {
  request = $state.raw<Request>()
  mode = $state<'none' | 'carrying' | 'choosing'>('none')
  x = $state(0)
  y = $state(0)
  /** The technician under the pointer. */
  overId = $state<string>()
  /** By technician; undefined while the server is asked. */
  candidates = $state.raw<ReadonlyMap<string, Candidate>>()
  /** Something speaks against who it was dropped on: it is asked about first. */
  doubtful = $state.raw<{ request: Request; technician: Technician; candidate: Candidate | undefined }>()
  /** Where a refused drop stands; DragLayer shows it. */
  readonly doing = new Doing()
  refusedId = $state<string>()
  private answer: Promise<void> = Promise.resolve()
  private readonly scroll = new Autoscroll()
  private readonly elsewhere = new Set<(x: number, y: number) => string | undefined>()

  readonly over = $derived(this.technician(this.overId))

  /** Something that is no element, a map, tells which technician is at a point of the window. */
  addTarget(at: (x: number, y: number) => string | undefined): () => void {
    this.elsewhere.add(at)
    return () => this.elsewhere.delete(at)
  }

  fit(technician: Technician): Fit {
    return this.request ? fitOf(technician, this.request, this.candidates) : 'unknown'
  }

  /** A pointer went down on a request; true when it may be carried from there. */
  grab(request: Request | undefined, event: PointerEvent, node?: HTMLElement): boolean {
    if (!request || !wayToGive(request) || this.mode !== 'none' || event.button !== 0 || !event.isPrimary) return false
    new Press(event, node, {
      lift: (x, y) => this.lift(request, x, y),
      move: (x, y) => this.move(x, y),
      drop: () => void this.drop(this.overId),
      cancel: () => this.putBack(),
    })
    return true
  }

  /** The keyboard's way: a list of who could go. */
  choose(request: Request | undefined): void {
    if (!request || this.mode !== 'none') return
    if (!wayToGive(request)) return announce(t('actions.not_movable', { number: request.number }))
    this.take(request)
    this.mode = 'choosing'
  }

  private take(request: Request) {
    this.request = request
    this.candidates = undefined
    this.overId = undefined
    this.refusedId = undefined
    this.doing.problem = undefined
    this.answer = dispatch
      .listCandidates({ requestId: request.id, limit: judged })
      .then(({ candidates }) => {
        if (this.request === request) this.candidates = new Map(candidates.map((one) => [one.technician?.id ?? '', one]))
      })
      // Not known who fits: the server judges the drop.
      .catch(() => {
        if (this.request === request) this.candidates = new Map()
      })
  }

  /** Whether it was taken up. Where no technician is in sight, a list takes the place of carrying. */
  private lift(request: Request, x: number, y: number): boolean {
    this.take(request)
    this.mode = 'carrying'
    // The board makes room for the technicians first.
    flushSync()
    const target = [...document.querySelectorAll<HTMLElement>('[data-technician]')].some((one) => one.checkVisibility({ visibilityProperty: true }))
    if (!target) {
      this.mode = 'choosing'
      return false
    }
    this.move(x, y)
    this.scroll.start(() => ({ x: this.x, y: this.y }))
    return true
  }

  private move(x: number, y: number) {
    this.x = x
    this.y = y
    let over = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-technician]')?.dataset.technician
    for (const at of this.elsewhere) over ??= at(x, y)
    if (over !== this.overId) this.consider(over)
  }

  /** The way from this technician is drawn on the map. */
  consider(technicianId: string | undefined): void {
    this.overId = technicianId
    desk.consideredId = technicianId
  }

  putBack(): void {
    const number = this.request?.number
    this.end()
    if (number) announce(t('actions.put_back', { number }))
  }

  private end() {
    this.scroll.stop()
    this.mode = 'none'
    this.request = undefined
    this.overId = undefined
    desk.consideredId = undefined
  }

  private technician(id: string | undefined): Technician | undefined {
    if (!id) return undefined
    return desk.technician(id)?.technician ?? this.candidates?.get(id)?.technician
  }

  /** Given to a technician; without one it is put back. */
  async drop(technicianId: string | undefined): Promise<void> {
    const { request } = this
    const technician = this.technician(technicianId)
    if (!request || !technician) return this.putBack()
    this.scroll.stop()
    if (this.mode === 'carrying') this.mode = 'none'
    // Dropped before the answer came: it is waited for, so that nothing that speaks against it is passed over.
    await this.answer
    const fit = fitOf(technician, request, this.candidates)
    const candidate = this.candidates?.get(technician.id)
    this.end()
    switch (onDrop(fit)) {
      case 'back':
        return announce(t('actions.cannot_drop', { name: technician.firstName, why: t(`actions.fit.${fit}`), number: request.number }), 'bad')
      case 'ask':
        this.doubtful = { request, technician, candidate }
        return
      default:
        await this.give(request, technician, false)
    }
  }

  async give(request: Request, technician: Technician, override: boolean): Promise<void> {
    const kind = wayToGive(request)
    if (!kind) return
    const after = await this.doing.run(request, { kind, technicianId: technician.id, technicianName: technician.firstName, override })
    this.doubtful = undefined
    if (!after && this.doing.problem) this.refusedId = request.id
  }
}

export const drag = new Drag()

/** What shows a request: it can be carried to a technician, and G, while it has the focus, gives it by a list. */
export function draggable(request: () => Request | undefined): Attachment<HTMLElement> {
  return (node) => {
    const down = (event: PointerEvent) => void drag.grab(request(), event, node)
    const key = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'g' || event.ctrlKey || event.metaKey || event.altKey || !shortcuts.heard(event)) return
      event.preventDefault()
      event.stopPropagation()
      drag.choose(request())
    }
    const native = (event: Event) => event.preventDefault()
    node.addEventListener('pointerdown', down)
    node.addEventListener('keydown', key)
    node.addEventListener('dragstart', native)
    return () => {
      node.removeEventListener('pointerdown', down)
      node.removeEventListener('keydown', key)
      node.removeEventListener('dragstart', native)
    }
  }
}
