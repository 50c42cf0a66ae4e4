import { expect, it } from 'vitest'
import { fit } from './scale'

it.each([
  [4000, 3000, 2000, 1500],
  [3024, 4032, 1500, 2000],
  [2000, 2000, 2000, 2000],
  [800, 600, 800, 600],
  [20_000, 3, 2000, 1],
])('%d x %d becomes %d x %d', (width, height, w, h) => expect(fit(width, height)).toEqual({ width: w, height: h }))
