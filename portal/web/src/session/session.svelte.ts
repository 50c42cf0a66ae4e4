import { Code, ConnectError } from '@connectrpc/connect'
import type { Person } from '../gen/utsendt/identity/v1/session_service_pb.js'
import type { Role } from '../gen/utsendt/identity/v1/session_service_pb.js'
import { onSignedOut } from '../api/transport'
import { problemOf } from '../api/problem'
import type { Problem } from '../api/problem'
import { language } from '../i18n/language.svelte'
import { sessions } from './clients'

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

  constructor() {
    onSignedOut(() => {
      if (this.status === 'in') this.status = 'expired'
    })
  }

  async start(): Promise<void> {
    this.status = 'starting'
    try {
      const { person } = await sessions.getMe({})
      this.person = person
      this.status = 'in'
    } catch (error) {
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
      // Somebody else: nothing of the first one's may stay on the page.
      location.reload()
      return
    }
    this.person = person
    this.status = 'in'
    for (const callback of [...this.resumed]) callback()
  }

  /** Ends the session and forgets everything the page held. Throws when the server could not be told. */
  async signOut(): Promise<void> {
    await sessions.signOut({})
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
