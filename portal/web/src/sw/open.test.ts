import { expect, it } from 'vitest'
import { bringToFront } from './open'

const origin = 'https://utsendt.example'

/** What a click leads to with these pages open, of which those named go where they are asked to. */
async function click(path: string, open: string[], going: string[] = open) {
  const done: string[] = []
  await bringToFront(
    path,
    origin,
    open.map((one) => ({ url: origin + one, focus: async () => done.push(`focus ${one}`) })),
    async (page, { url }) => {
      const at = page.url.slice(origin.length)
      if (!going.includes(at)) return false
      done.push(`${at} goes to ${url}`)
      return true
    },
    async (address) => done.push(`opens ${address.slice(origin.length)}`),
  )
  return done
}

const request = '/board/?request=1'
it.each([
  ['nothing is open', request, [], undefined, [`opens ${request}`]],
  ['it is shown already', request, ['/board/', request], undefined, [`focus ${request}`]],
  ['the board shows something else', request, ['/board/devices/7?tab=life'], undefined, [`/board/devices/7?tab=life goes to ${request}`, 'focus /board/devices/7?tab=life']],
  ['somebody writes on one board, another is free', request, ['/board/articles/1', '/board'], ['/board'], [`/board goes to ${request}`, 'focus /board']],
  ['somebody writes on the only board', request, ['/board/articles/1'], [], [`opens ${request}`]],
  ['only the portal is open', request, ['/requests/1', '/boardroom'], undefined, [`opens ${request}`]],
  ['the portal has pages for as many things', '/requests/2', ['/requests/1'], undefined, ['opens /requests/2']],
  ['a job, while the board is open', '/tech/jobs/1', ['/board/'], undefined, ['opens /tech/jobs/1']],
] as const)('%s', async (_, path, open, going, expected) => expect(await click(path, [...open], going && [...going])).toEqual(expected))
