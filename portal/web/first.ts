import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin, Rolldown } from 'vite'
import { paths } from './src/portal/destination.ts'

type Bundle = Record<string, Rolldown.OutputChunk | Rolldown.OutputAsset>

/** Scripts and styles that a chunk cannot do without, styles first; what the page's HTML names itself is left out. */
function needsOf(file: string, bundle: Bundle, named: ReadonlySet<string>): string[] {
  const scripts = new Set<string>()
  const styles = new Set<string>()
  const look = (name: string) => {
    const chunk = bundle[name]
    if (chunk?.type !== 'chunk' || scripts.has(name) || named.has(name)) return
    scripts.add(name)
    for (const style of chunk.viteMetadata?.importedCss ?? []) if (!named.has(style)) styles.add(style)
    for (const one of chunk.imports) look(one)
  }
  look(file)
  return [...styles, ...scripts].map((name) => `/${name}`)
}

/** The page's file by its name, as src/portal/pages.ts has it. */
function pageFiles(source: string): Map<string, string> {
  return new Map([...source.matchAll(/(\w+): \(\) => import\('\.\/(pages\/\w+\.svelte)'\)/g)].map(([, name = '', file = '']) => [name, file]))
}

/**
 * Writes first.json: which files each page of the portal begins with, beside those that its HTML names, and which hold the texts
 * of each language. The server names them in the HTML too, so that the browser fetches all of them at once, and not one after
 * the other has told of it: see internal/server/firstpage.go.
 */
export function first(): Plugin {
  return {
    name: 'first',
    apply: 'build',
    writeBundle(options, bundle) {
      const dir = options.dir ?? ''
      const html = readFileSync(join(dir, 'index.html'), 'utf8')
      const named = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, name = '']) => name))
      const needs = (module: string) => {
        const chunk = Object.values(bundle).find((one) => one.type === 'chunk' && one.facadeModuleId?.endsWith(`/src/${module}`))
        if (!chunk) return this.error(`${module} is no chunk of its own`)
        return needsOf(chunk.fileName, bundle as Bundle, named)
      }
      const files = pageFiles(readFileSync(join(import.meta.dirname, 'src/portal/pages.ts'), 'utf8'))
      const pages: Record<string, string[]> = {}
      for (const [path, page] of Object.entries(paths)) {
        const file = files.get(page) ?? this.error(`pages.ts has no ${page}`)
        pages[path] = needs(`portal/${file}`)
      }
      const texts = Object.fromEntries(['nb', 'en'].map((language) => [language, needs(`i18n/${language}/portal.app.ts`)]))
      const signIn = [...new Set([...needs('session/Outside.svelte'), ...needs('door/SignInHelp.svelte')])]
      writeFileSync(join(dir, 'first.json'), JSON.stringify({ pages, texts, signIn }))
    },
  }
}
