import { describe, expect, it } from 'vitest'
import { keptDraft, keptIn } from '../components/kept'
import { emptyDraft } from './draft'

function memory(): Storage {
  const map = new Map<string, string>()
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  } as unknown as Storage
}

describe('a draft', () => {
  it('is there after a reload and gone after it was sent', () => {
    const storage = memory()
    const kept = keptIn('report.1', () => storage)
    kept.part('draft').write(JSON.stringify({ ...emptyDraft, description: 'jam' }))
    expect(keptDraft(keptIn('report.1', () => storage), emptyDraft).description).toBe('jam')
    kept.clear()
    kept.part('draft').write('late')
    expect(keptDraft(keptIn('report.1', () => storage), emptyDraft)).toEqual(emptyDraft)
  })

  it.each(['no json', '7', '{"description":7,"category":"x","strange":true}'])('is not trusted blindly: %s', (text) => {
    const storage = memory()
    const kept = keptIn('r', () => storage)
    kept.part('draft').write(text)
    expect(keptDraft(kept, emptyDraft)).toEqual(emptyDraft)
  })

  it('does without storage', () => {
    const kept = keptIn('r', () => {
      throw new Error('switched off')
    })
    kept.part('draft').write('x')
    expect(keptDraft(kept, emptyDraft)).toEqual(emptyDraft)
  })
})
