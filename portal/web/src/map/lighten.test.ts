import { expect, it } from 'vitest'
import { drawnByProcessor } from './lighten'

const gl = (renderer: string, told: boolean) => ({
  RENDERER: 1,
  getExtension: () => (told ? { UNMASKED_RENDERER_WEBGL: 2 } : null),
  getParameter: (name: number) => (name === 2 || !told ? renderer : 'WebKit WebGL'),
}) as unknown as WebGL2RenderingContext

it.each([
  ['ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)', true, true],
  ['llvmpipe, or similar', false, true],
  ['ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)', true, false],
  ['Apple M1, or similar', false, false],
])('%s: %s', (renderer, told, slow) => expect(drawnByProcessor(gl(renderer, told))).toBe(slow))
