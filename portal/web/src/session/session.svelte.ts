import { Code, ConnectError } from '@connectrpc/connect'
import type { Person } from '../gen/utsendt/identity/v1/session_service_pb.js'
import type { Role } from '../gen/utsendt/identity/v1/session_service_pb.js'
import { actAs, onSignedOut } from '../api/transport'
import { problemOf } from '../api/problem'
import type { Problem } from '../api/problem'
import { language } from '../i18n/language.svelte'
import { sessions } from './clients'
import { claimTab, clearTab, Tabs } from './tab'

/** Where an app that opens without cover keeps who was signed in last. */
export interface Memory {
  read(): Person | undefined
  write(person: Person | undefined): void
}

/**
 * Who is signed in here. starting: not known yet; out: nobody; in: person is set; expired: person was signed
 * in and must sign in again, with the page and what is typed in it left as it is; unreachable: the server
 * did not answer the first question.
 */
class SessionState {
  status = $state<'starting' | 'out' | 'in' | 'expired' | 'unreachable'>('starting')
  person = $state.raw<Person>()
  problem = $state.raw<Problem>()
  private resumed = new Set<() => void>()
  private memory: Memory | undefined
  private asking: Promise<void> | undefined
  private readonly tabs = new Tabs()

  constructor() {
    onSignedOut(() => {
      if (this.status === 'in') this.status = 'expired'
    })
    actAs(
      () => this.person?.id,
      () => void this.lookWho(),
    )
    this.tabs.onTold((id) => this.changedElsewhere(id))
    globalThis.document?.addEventListener('visibilitychange', () => void this.lookAgain())
  }

  /**
   * From now on whoever was signed in last is let in at once, and the server is asked behind their back: without cover there
   * is nobody to ask. If the server knows somebody else, the page starts anew as theirs.
   */
  remember(memory: Memory): void {
    this.memory = memory
  }

  /** Asks who is signed in. While that is being asked, it is not asked again. */
  start(): Promise<void> {
    this.asking ??= this.ask().finally(() => (this.asking = undefined))
    return this.asking
  }

  private async ask(): Promise<void> {
    const known = this.memory?.read()
    this.person = known
    this.status = known ? 'in' : 'starting'
    try {
      const { person } = await sessions.getMe({})
      if (known && known.id !== person?.id) return this.startAnew(person)
      claimTab(person?.id ?? '')
      this.person = person
      this.status = 'in'
      this.memory?.write(person)
    } catch (error) {
      // Without cover they stay in; whose session has ended is asked to sign in again, over the page.
      if (known) return

      if (ConnectError.from(error).code === Code.Unauthenticated) {
        this.status = 'out'
      } else {
        this.problem = problemOf(error)
        this.status = 'unreachable'
      }
    }
  }

  /** Throws what the server refused. */
  async signIn(userId: string, password: string): Promise<void> {
    const { person } = await sessions.signIn({ userId, password })
    this.entered(person)
  }

  /** The server has let somebody in, by password or passkey. */
  entered(person: Person | undefined): void {
    const before = this.status === 'expired' ? this.person : undefined
    if (before && before.id !== person?.id) {
      this.tabs.tell(person?.id ?? '')
      this.startAnew(person)
      return
    }
    claimTab(person?.id ?? '')
    this.person = person
    this.status = 'in'
    this.memory?.write(person)
    this.tabs.tell(person?.id ?? '')
    this.resume()
  }

  private resume(): void {
    for (const callback of [...this.resumed]) callback()
  }

  /** Somebody else: nothing of the first one's may stay on the page. */
  private startAnew(person: Person | undefined): void {
    this.memory?.write(person)
    clearTab()
    location.reload()
  }

  /** In another tab somebody has signed in, or out. This one has the same cookie: it would act as them. */
  private changedElsewhere(id: string): void {
    if (this.status !== 'in' && this.status !== 'expired') return
    if (id !== this.person?.id) {
      clearTab()
      location.reload()
    } else if (this.status === 'expired') {
      this.status = 'in'
      this.resume()
    }
  }

  /** A page that was put aside may have missed what the other tabs told. */
  private async lookAgain(): Promise<void> {
    if (document.visibilityState === 'visible' && this.status === 'in') await this.lookWho()
  }

  private async lookWho(): Promise<void> {
    try {
      const { person } = await sessions.getMe({})
      if (this.person && person?.id !== this.person.id) this.changedElsewhere(person?.id ?? '')
    } catch {
      // Whose session has ended is asked to sign in again; without cover there is nobody to ask.
    }
  }

  /** Ends the session and forgets everything the page held. Throws when the server could not be told. */
  async signOut(): Promise<void> {
    await sessions.signOut({})
    this.memory?.write(undefined)
    clearTab()
    this.tabs.tell('')
    location.assign(location.pathname.match(/^\/(board|tech)(?=\/|$)/)?.[0] ?? '/')
  }

  /** Calls back after signing in again; returns how to stop that. */
  onResumed(callback: () => void): () => void {
    this.resumed.add(callback)
    return () => this.resumed.delete(callback)
  }

  isOne(...roles: Role[]): boolean {
    return this.person !== undefined && roles.includes(this.person.role)
  }

  /** Tells the server which language this person's messages are to be in. */
  async tellLanguage(): Promise<void> {
    if (this.status !== 'in' || this.person?.language === language()) return
    const { person } = await sessions.setLanguage({ language: language() })
    if (person) this.person = person
  }
}

export const session = new SessionState()
