import { describe, expect, it, vi } from 'vitest'
import { RequestState } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { loadTexts } from '../../i18n/language.svelte'
import { copyLink } from './copy'
import { headline } from './headline'

describe('the heading of a followed visit', () => {
  it('says where it stands, by name where there is one', async () => {
    await loadTexts('portal')
    const visit = (state: RequestState, technicianFirstName = 'Testa') => headline({ state, technicianFirstName })
    expect(visit(RequestState.TO_BE_SCHEDULED, '')).toBe('A technician is being found')
    expect(visit(RequestState.EN_ROUTE)).toBe('Testa is on the way')
    expect(visit(RequestState.COMPLETED)).toBe('The work is done')
    expect(visit(RequestState.EN_ROUTE, '')).not.toMatch(/^ |\{name\}/)
    // A state that this page has never heard of is told as unknown, not as wrong.
    expect(visit(99 as RequestState)).toBeTruthy()
  })
})

describe('copying a link', () => {
  const field = () => ({ focus: vi.fn(), select: vi.fn() }) as unknown as HTMLInputElement

  it('asks the clipboard', async () => {
    const writeText = vi.fn().mockResolvedValue(undefined)
    vi.stubGlobal('navigator', { clipboard: { writeText } })
    expect(await copyLink('https://example.com/follow#x', undefined)).toBe(true)
    expect(writeText).toHaveBeenCalledWith('https://example.com/follow#x')
    vi.unstubAllGlobals()
  })

  it.each([true, false])('marks the field where there is no clipboard, and says whether that copied: %s', async (copied) => {
    vi.stubGlobal('navigator', {})
    vi.stubGlobal('document', { execCommand: () => copied })
    const marked = field()
    expect(await copyLink('x', marked)).toBe(copied)
    expect(marked.select).toHaveBeenCalled()
    vi.unstubAllGlobals()
  })
})
