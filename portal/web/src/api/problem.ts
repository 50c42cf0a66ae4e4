import { Code, ConnectError } from '@connectrpc/connect'
import { durationMs } from '@bufbuild/protobuf/wkt'
import { FaultSchema } from '../gen/utsendt/fault/v1/fault_pb.js'
import type { TextKey } from '../i18n/language.svelte'
import { language, t } from '../i18n/language.svelte'
import { formatSpan } from '../i18n/format'

/** What went wrong with a call, before it is put into words. */
export interface Problem {
  /** Stable code from the server; empty when the server did not say. */
  reason: string
  /** Field of the request message, in proto naming; empty when no single field is wrong. */
  field: string
  params: Record<string, string>
  /** The server's sentence in the page's language; empty when the server did not say. */
  text: string
  retryAfterSeconds: number | undefined
  incident: string
  code: Code
  /** True when nothing was heard from the server: it may or may not have done it. */
  unreachable: boolean
}

export function problemOf(error: unknown): Problem {
  const failure = ConnectError.from(error)
  const fault = failure.findDetails(FaultSchema)[0]
  const unreachable = !fault && (isNetworkFailure(failure) || failure.code === Code.DeadlineExceeded)
  return {
    reason: fault?.reason ?? '',
    field: fault?.field ?? '',
    params: fault?.params ?? {},
    text: fault?.text ?? '',
    retryAfterSeconds: fault?.retryAfter ? Math.ceil(durationMs(fault.retryAfter) / 1000) : undefined,
    incident: fault?.incidentId ?? '',
    code: failure.code,
    unreachable,
  }
}

/** A fetch that did not come through is a TypeError in every browser; each words it differently. */
function isNetworkFailure(failure: ConnectError): boolean {
  return failure.cause instanceof TypeError
}

/** True when the same call may succeed if it is sent again, with the same operation id. */
export function mayRetry(problem: Problem): boolean {
  return problem.unreachable || problem.code === Code.Unavailable
}

const byCode: Partial<Record<Code, TextKey>> = {
  [Code.InvalidArgument]: 'problem.invalid',
  [Code.Unauthenticated]: 'problem.unauthenticated',
  [Code.PermissionDenied]: 'problem.forbidden',
  [Code.NotFound]: 'problem.not_found',
  [Code.AlreadyExists]: 'problem.exists',
  [Code.Aborted]: 'problem.stale',
  [Code.FailedPrecondition]: 'problem.wrong_state',
  [Code.ResourceExhausted]: 'problem.limited',
  [Code.Unavailable]: 'problem.unavailable',
  [Code.DeadlineExceeded]: 'problem.unreachable',
}

/** The problem in the page's language, for people: as the server says it, else by kind. */
export function explain(problem: Problem): string {
  let text = problem.text
  if (problem.unreachable) text = t('problem.unreachable')
  // A broken rule of the message's shape is told in the API's words, by field; here the form shows which.
  else if (!text || problem.code === Code.Internal || problem.reason === 'invalid_field') text = t(byCode[problem.code] ?? 'problem.internal')
  if (problem.retryAfterSeconds) {
    text += ' ' + t('problem.retry_after', { wait: formatSpan(language(), problem.retryAfterSeconds) })
  }
  if (problem.incident) text += ' ' + t('problem.incident', { id: problem.incident })
  return text
}
