import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { Plugin, Rolldown } from 'vite'

/** What stands beside the built files and belongs to the technician's app. */
const beside = ['tech.webmanifest', 'icon.svg', 'icon-192.png', 'icon-512.png', 'icon-apple-180.png', 'icon-badge-96.png']
/** The other apps' texts are reachable from the shared code, and never said here. */
const notHere = /\/i18n\/[a-z]+\/(portal|board)\.app\.ts$/

type Bundle = Record<string, Rolldown.OutputChunk | Rolldown.OutputAsset>

/** Every file that the technician's entrance reaches, at once or later. */
export function reachedFrom(entrance: string, bundle: Bundle): string[] {
  const found = new Set<string>()
  const look = (name: string) => {
    const file = bundle[name]
    if (!file || found.has(name)) return
    if (file.type === 'chunk' && notHere.test(file.facadeModuleId ?? '')) return
    found.add(name)
    if (file.type !== 'chunk') return
    const { importedCss, importedAssets } = file.viteMetadata ?? {}
    for (const one of [...file.imports, ...file.dynamicImports, ...(importedCss ?? []), ...(importedAssets ?? [])]) look(one)
  }
  look(entrance)
  return [...found].sort()
}

/** The service worker by itself, as one file: what it imports must not come to lie in a file that it shares with a page. */
async function workerCode(root: string): Promise<string> {
  const built = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: { input: fileURLToPath(new URL('src/sw/sw.ts', import.meta.url)), output: { format: 'iife' } },
    },
  })
  const [file, ...others] = (Array.isArray(built) ? built : [built]).flatMap((one) => ('output' in one ? one.output : []))
  if (file?.type !== 'chunk' || others.length > 0) throw new Error('the service worker is not one file')
  return file.code
}

/**
 * Builds sw.js, at the root so that its scope is the whole site, and writes into it what the technician's app is made of, so
 * that the service worker can keep all of it.
 */
export function shell(): Plugin {
  return {
    name: 'shell',
    apply: 'build',
    async writeBundle(options, bundle) {
      const dir = options.dir ?? ''
      const entrance = Object.values(bundle).find((one) => one.type === 'chunk' && one.isEntry && one.name === 'tech')
      if (!entrance) this.error('the technician\'s app is not in the build')
      const read = (name: string) => readFileSync(join(dir, name))
      const files = [...reachedFrom(entrance.fileName, bundle as Bundle), ...beside]
      const hash = createHash('sha256')
      for (const name of ['tech/index.html', ...files]) hash.update(name).update(read(name))
      const made = { version: hash.digest('hex').slice(0, 16), files: ['/tech/', ...files.map((name) => `/${name}`)] }
      const code = await workerCode(this.environment.config.root)
      if (!code.includes('__SHELL__')) this.error('sw.js does not ask what the technician\'s app is made of')
      writeFileSync(join(dir, 'sw.js'), code.replaceAll('__SHELL__', () => JSON.stringify(made)))
    },
  }
}
