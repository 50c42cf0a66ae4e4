import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

/** Writes into sw.js what the technician's app is made of, so that the service worker can keep all of it. */
export function shell(): Plugin {
  return {
    name: 'shell',
    apply: 'build',
    writeBundle(options, bundle) {
      const dir = options.dir ?? ''
      const entrance = Object.values(bundle).find((one) => one.type === 'chunk' && one.isEntry && one.name === 'tech')
      if (!entrance) this.error('the technician\'s app is not in the build')
      const read = (name: string) => readFileSync(join(dir, name))
      const files = [...reachedFrom(entrance.fileName, bundle as Bundle), ...beside]
      const hash = createHash('sha256')
      for (const name of ['tech/index.html', ...files]) hash.update(name).update(read(name))
      const made = { version: hash.digest('hex').slice(0, 16), files: ['/tech/', ...files.map((name) => `/${name}`)] }
      const worker = join(dir, 'sw.js')
      const code = readFileSync(worker, 'utf8')
      if (!code.includes('__SHELL__')) this.error('sw.js does not ask what the technician\'s app is made of')
      writeFileSync(worker, code.replaceAll('__SHELL__', () => JSON.stringify(made)))
    },
  }
}
