import { expect, it } from 'vitest'
import { dialOf } from './dial'

it.each([
  ['+47 22587800', '+4722587800'],
  ['+43 (0) 5 74 264 6000', '+435742646000'],
  ['848000994 - 8', '8480009948'],
  ['902.700.000', '902700000'],
])('%s is dialled %s', (shown, dialled) => expect(dialOf(shown)).toBe(dialled))
